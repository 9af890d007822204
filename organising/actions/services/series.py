"""Actions that come again: each a row of its own, laid out by London's days, changed one by one or all that follow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.actions.models import ActionDetail, ActionSeries, BranchAction, Every
from organising.actions.states import EDITABLE
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid

from .changing import cancel_action, submit_action
from .planning import Model, Plan, edit_action, plan_action

MOST_TIMES = 52


def list_days(first: date, every: Every, times: int) -> list[date]:
    """The days on which a series falls. A month without that day has it on its last."""
    if every in (Every.WEEK, Every.FORTNIGHT):
        weeks = 1 if every is Every.WEEK else 2
        return [first + timedelta(weeks=weeks * place) for place in range(times)]
    find = _same_weekday if every is Every.MONTH_WEEKDAY else _same_day
    return [find(first, place) for place in range(times)]


def _same_day(first: date, months: int) -> date:
    begins = _month(first, months)
    last = _month(begins, 1) - timedelta(days=1)
    return begins.replace(day=min(first.day, last.day))


def _same_weekday(first: date, months: int) -> date:
    """Such as the second Tuesday; a fifth one is the last of its month."""
    begins = _month(first, months)
    day = begins + timedelta(days=(first.weekday() - begins.weekday()) % 7, weeks=(first.day - 1) // 7)
    return day if day.month == begins.month else day - timedelta(weeks=1)


def _month(day: date, months: int) -> date:
    """The first day of the month so many months after a day's."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def on_day(plan: Plan, day: date) -> Plan:
    """The same plan on another day, by London's clock: at 11:00 in summer and in winter."""
    start, end = plan.starts_at.astimezone(LONDON), plan.ends_at.astimezone(LONDON)
    starts_at = datetime.combine(day, start.time(), LONDON)
    ends_at = datetime.combine(day + (end.date() - start.date()), end.time(), LONDON)
    moved = replace(plan, starts_at=starts_at, ends_at=max(ends_at, starts_at))
    if moved.ends_at > moved.starts_at:
        return moved
    # In the hour that the clock skips, an end can fall before its start.
    return replace(moved, ends_at=moved.starts_at + (plan.ends_at - plan.starts_at))


def plan_series(
    actor: Actor,
    plan: Plan,
    every: Every,
    times: int,
    *,
    model: Model | None = None,
    at: datetime | None = None,
) -> list[BranchAction]:
    """Plan an action so many times, the first on the plan's day. Raises ``Invalid`` as planning one does."""
    if not 2 <= times <= MOST_TIMES:
        message = f"Give a number from 2 to {MOST_TIMES}."
        raise Invalid(message, occurrences=message)
    moment = at or now()
    first = plan.starts_at.astimezone(LONDON).date()
    series = ActionSeries(id=new_id(), every=str(every), created_by=actor.user_id, created_at=moment)
    actions = []
    for day in list_days(first, every, times):
        action = plan_action(actor, on_day(plan, day), model=model, at=moment)
        actions.append(action)
        if len(actions) == 1:
            db.session.add(series)
            db.session.flush()
        _detail_of(action).series_id = series.id
    db.session.flush()
    return actions


def submit_all(
    actor: Actor, actions: Sequence[BranchAction], *, at: datetime | None = None
) -> list[BranchAction]:
    """Send several in."""
    return [submit_action(actor, action.id, action.version, at=at) for action in actions]


def list_following(action: BranchAction) -> Sequence[BranchAction]:
    """The actions of the same series after this one that can still be changed."""
    series_id = _detail_of(action).series_id
    if series_id is None:
        return ()
    return db.session.scalars(
        select(BranchAction)
        .join(ActionDetail, ActionDetail.action_id == BranchAction.id)
        .where(
            ActionDetail.series_id == series_id,
            BranchAction.starts_at > action.starts_at,
            BranchAction.state.in_(EDITABLE),
        )
        .order_by(BranchAction.starts_at, BranchAction.id)
    ).all()


def edit_following(
    actor: Actor, action_id: UUID, version: int, plan: Plan, *, at: datetime | None = None
) -> list[BranchAction]:
    """Change this action and all that follow it in its series: each keeps its own day, moved by as many days as this one."""
    action = db.session.get_one(BranchAction, action_id)
    following, before = list(list_following(action)), _day(action)
    changed = [edit_action(actor, action_id, version, plan, at=at)]
    moved = plan.starts_at.astimezone(LONDON).date() - before
    for one in following:
        changed.append(edit_action(actor, one.id, one.version, on_day(plan, _day(one) + moved), at=at))
    return changed


def cancel_following(
    actor: Actor, action_id: UUID, version: int, comment: str | None = None, *, at: datetime | None = None
) -> list[BranchAction]:
    """Call off this action and all that follow it in its series."""
    following = list(list_following(db.session.get_one(BranchAction, action_id)))
    first = cancel_action(actor, action_id, version, comment, at=at)
    return [first, *(cancel_action(actor, one.id, one.version, comment, at=at) for one in following)]


def _day(action: BranchAction) -> date:
    return action.starts_at.astimezone(LONDON).date()


def _detail_of(action: BranchAction) -> ActionDetail:
    return db.session.scalars(select(ActionDetail).where(ActionDetail.action_id == action.id)).one()
