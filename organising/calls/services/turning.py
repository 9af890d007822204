"""What an answer does to the unit's diary: "doing it" becomes an action there, and no longer doing it calls it off."""

from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from organising.actions import services as actions
from organising.actions.models import ActionArea, ActionAsk, ActionDetail, BranchAction
from organising.actions.services import Model, Plan
from organising.actions.states import State as ActionState
from organising.calls.models import ActionCall, CallUnit
from organising.calls.states import Answer
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.errors import DomainError
from organising.platform.logging import get_logger

log = get_logger(__name__)
WITHOUT_END = timedelta(hours=1)


def turn(acting: Actor, call: ActionCall, row: CallUnit, unit_name: str) -> None:
    """Bring the unit's action in line with its answer. ``acting`` is the officer, or who answers on their behalf.

    An action that has gone further than its plan is left as it is: what happened happened.
    """
    if call.action_kind is None:
        return
    try:
        with db.session.begin_nested():
            _turn(acting, call, row, unit_name)
    except DomainError as refusal:
        # The answer stands all the same; the page says that no action came of it.
        log.warning("call_without_action", code=refusal.code)


def _turn(acting: Actor, call: ActionCall, row: CallUnit, unit_name: str) -> None:
    action = _find_action(row)
    if row.answer != Answer.DOING:
        if action is not None and action.is_editable:
            actions.cancel_action(acting, action.id, action.version, call.title)
        return
    if action is None:
        row.action_id = _begin(acting, call, row, unit_name).id
        return
    if action.state == ActionState.CANCELLED:
        action = actions.restore_action(acting, action.id, action.version)
    if action.is_editable and action.starts_at.astimezone(LONDON).date() != day_of(call, row):
        _move(acting, action, day_of(call, row))


def day_of(call: ActionCall, row: CallUnit) -> date:
    """The day on which the unit does it: its own, or the call's."""
    day = row.held_on or call.action_on
    assert day is not None
    return day


def _begin(acting: Actor, call: ActionCall, row: CallUnit, unit_name: str) -> BranchAction:
    action = actions.plan_action(
        acting, _plan(call, row, unit_name), model=Model(template_id=call.template_id)
    )
    if call.stands and action.starts_at >= datetime.combine(today(), time.min, LONDON):
        actions.submit_action(acting, action.id, action.version)
    return action


def _plan(call: ActionCall, row: CallUnit, unit_name: str) -> Plan:
    day = day_of(call, row)
    starts = datetime.combine(day, call.action_starts or time.min, LONDON)
    if call.action_starts is None:
        ends = datetime.combine(day + timedelta(days=1), time.min, LONDON)
    elif call.action_ends is None:
        ends = starts.astimezone(UTC) + WITHOUT_END
    else:
        ends = datetime.combine(day, call.action_ends, LONDON)
    return Plan(
        kind=call.action_kind or "",
        title=call.action_title or "",
        starts_at=starts,
        ends_at=ends,
        area=unit_name[:80],
        all_day=call.action_starts is None,
        is_public=call.action_public,
        ask_ids=frozenset([call.ask_id]) if call.ask_id else frozenset(),
        unit_id=row.unit_id,
    )


def _move(acting: Actor, action: BranchAction, day: date) -> None:
    """To another day, at the same hours; all else as it stands."""
    plan = _as_it_stands(action)
    actions.edit_action(
        acting,
        action.id,
        action.version,
        replace(plan, starts_at=_on(plan.starts_at, plan, day), ends_at=_on(plan.ends_at, plan, day)),
    )


def _on(moment: datetime, plan: Plan, day: date) -> datetime:
    first = plan.starts_at.astimezone(LONDON).date()
    local = moment.astimezone(LONDON)
    return datetime.combine(day + (local.date() - first), local.time(), LONDON)


def _as_it_stands(action: BranchAction) -> Plan:
    """The plan that an action has, whatever else a plan may say one day."""
    detail = db.session.scalars(select(ActionDetail).where(ActionDetail.action_id == action.id)).one()
    asks = db.session.scalars(select(ActionAsk.ask_id).where(ActionAsk.action_id == action.id))
    areas = select(ActionArea.area_id).where(ActionArea.action_id == action.id, ActionArea.is_chosen)
    said: dict[str, Any] = {"ask_ids": frozenset(asks), "area_ids": frozenset(db.session.scalars(areas))}
    for one in fields(Plan):
        for row in (action, detail):
            if one.name not in said and hasattr(row, one.name):
                said[one.name] = getattr(row, one.name)
        if one.name not in said and one.default is MISSING and one.default_factory is MISSING:
            raise LookupError(one.name)
    return Plan(**said)


def _find_action(row: CallUnit) -> BranchAction | None:
    if row.action_id is None:
        return None
    return db.session.scalars(select(BranchAction).where(BranchAction.id == row.action_id)).one_or_none()


def action_of(action_id: UUID | None) -> BranchAction | None:
    """The action that an answer became, where it did."""
    if action_id is None:
        return None
    return db.session.scalars(select(BranchAction).where(BranchAction.id == action_id)).one_or_none()
