"""What waits for whom: this week's actions, what came back or was approved, reports that are due, and what asks for approval."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission

from ..models import ActionDetail, ActionEvent, ActionReport, BranchAction
from ..states import AGREED, State
from .approvers import can_approve
from .reading import AUTHORING, of_reach


@dataclass(frozen=True)
class ActionsToday:
    """What the first page shows a person of actions."""

    this_week: Sequence[BranchAction] = field(default_factory=tuple)
    # What an approver answered: changes asked for, and approved actions of which nobody has said that they go ahead.
    to_mend: Sequence[BranchAction] = field(default_factory=tuple)
    to_confirm: Sequence[BranchAction] = field(default_factory=tuple)
    to_report: Few[BranchAction] = field(default_factory=Few)
    to_approve: Few[BranchAction] = field(default_factory=Few)
    of_partners: Sequence[BranchAction] = field(default_factory=tuple)
    to_check: Few[BranchAction] = field(default_factory=Few)
    to_answer: Few[BranchAction] = field(default_factory=Few)


def today_items(
    actor: Actor, at: datetime | None = None, most: int = 5, *, approves: bool | None = None
) -> ActionsToday:
    """My (an officer: my unit's) actions of the next seven days, those that an approver has answered, whenever
    they are, those that wait for a report, for my approval, check or answer, and what partners did lately.
    At most ``most`` of each; a statement for each, but one for the first three.
    ``approves``: whether this actor may approve, where the caller has asked already."""
    moment = at or now()
    if actor.campaign_id is None:
        return ActionsToday()
    if approves is None:
        approves = can_approve(actor)
    return ActionsToday(
        **_to_do(actor, moment, most),
        to_report=first_few(
            mine(actor)
            .where(BranchAction.state.in_(AGREED), BranchAction.ends_at <= moment)
            .order_by(BranchAction.ends_at, BranchAction.id),
            most,
        ),
        to_approve=list_to_approve(actor, most) if approves else Few(),
        to_check=list_to_check(actor, most) if approves else Few(),
        to_answer=list_to_answer(actor, most),
        of_partners=_first(
            select(BranchAction).where(
                BranchAction.campaign_id == actor.campaign_id,
                BranchAction.organisation_id != actor.organisation_id,
                BranchAction.reported_at > moment - timedelta(days=30),
            ),
            BranchAction.reported_at.desc(),
            most,
        ),
    )


def _to_do(actor: Actor, at: datetime, most: int) -> dict[str, list[BranchAction]]:
    """What is one's own to do before the day, by :class:`ActionsToday`'s names, of one statement."""
    ranked = case(
        (BranchAction.state == State.CHANGES_REQUESTED, 0),
        (and_(BranchAction.state == State.APPROVED, BranchAction.ends_at > at), 1),
        (and_(*_in_week(at)), 2),
    )
    nth = func.row_number().over(partition_by=ranked, order_by=(BranchAction.starts_at, BranchAction.id))
    found = (
        mine(actor)
        .where(ranked.is_not(None))
        .with_only_columns(BranchAction.id, ranked.label("part"), nth.label("nth"))
        .subquery()
    )
    rows = db.session.execute(
        select(BranchAction, found.c.part)
        .join(found, found.c.id == BranchAction.id)
        .where(found.c.nth <= most)
        .order_by(found.c.part, found.c.nth)
    ).all()
    names = ("to_mend", "to_confirm", "this_week")
    return {name: [row for row, part in rows if part == number] for number, name in enumerate(names)}


def list_to_approve(actor: Actor, most: int = 5) -> Few[BranchAction]:
    """What waits for this actor's approval, who may approve: sent in at their organisation, and not their own work."""
    return first_few(to_approve(actor).order_by(BranchAction.starts_at, BranchAction.id), most)


def to_approve(actor: Actor) -> Select[BranchAction]:
    """The same, all of it, for those who may approve; a delegate's within reach."""
    return _waiting_for(actor, State.SUBMITTED)


def list_to_check(actor: Actor, most: int = 5) -> Few[BranchAction]:
    """Reports that wait for this actor's check, who may approve: colleagues', and without a question that stands open."""
    return first_few(select_to_check(actor).order_by(BranchAction.reported_at, BranchAction.id), most)


def select_to_check(actor: Actor) -> Select[BranchAction]:
    """The same, all of it."""
    return _waiting_for(actor, State.REPORTED).where(BranchAction.id.not_in(_asked_back()))


def select_answered(actor: Actor) -> Select[BranchAction]:
    """One's own that an approver sent back, or approved and of which nobody has said that they go ahead."""
    approved = and_(BranchAction.state == State.APPROVED, BranchAction.ends_at > now())
    return mine(actor).where(or_(BranchAction.state == State.CHANGES_REQUESTED, approved))


def _waiting_for(actor: Actor, state: State) -> Select[BranchAction]:
    own_work = select(ActionEvent.action_id).where(
        ActionEvent.user_id == actor.user_id, ActionEvent.what.in_(AUTHORING)
    )
    return select(BranchAction).where(
        BranchAction.organisation_id == actor.organisation_id,
        BranchAction.state == state,
        BranchAction.id.not_in(own_work),
        of_reach(actor),
    )


def list_to_answer(actor: Actor, most: int = 5) -> Few[BranchAction]:
    """Reports of the actor's, or of their unit's, about which a question stands open."""
    if not actor.can(Permission.ACTIONS_CREATE):
        return Few()
    waiting = select_to_answer(actor)
    return first_few(waiting.order_by(BranchAction.reported_at, BranchAction.id), most)


def select_to_answer(actor: Actor) -> Select[BranchAction]:
    """The same, all of it, for those who plan actions."""
    theirs = mine(actor).with_only_columns(BranchAction.id)
    reported = select(ActionReport.action_id).where(ActionReport.reported_by == actor.user_id)
    return select(BranchAction).where(
        BranchAction.organisation_id == actor.organisation_id,
        BranchAction.state == State.REPORTED,
        BranchAction.id.in_(_asked_back()),
        or_(BranchAction.id.in_(theirs), BranchAction.id.in_(reported)),
    )


def _asked_back() -> Select[Any]:
    return select(ActionReport.action_id).where(ActionReport.asked_back_at.is_not(None))


def mine(actor: Actor) -> Select[BranchAction]:
    """An officer's unit's actions; for others those that they lead or planned."""
    details = select(ActionDetail.action_id).where(
        ActionDetail.unit_id == actor.unit_id
        if actor.unit_id
        else or_(ActionDetail.lead_user_id == actor.user_id, ActionDetail.created_by == actor.user_id)
    )
    if not actor.can(Permission.ACTIONS_CREATE):
        details = details.where(false())
    return select(BranchAction).where(
        BranchAction.organisation_id == actor.organisation_id, BranchAction.id.in_(details)
    )


def _in_week(at: datetime) -> tuple[ColumnElement[bool], ...]:
    first = datetime.combine(at.astimezone(LONDON).date(), time.min, LONDON)
    return (
        BranchAction.ends_at > at,
        BranchAction.starts_at < first + timedelta(days=7),
        BranchAction.state != State.CANCELLED,
        BranchAction.reported_at.is_(None),
    )


def _first(statement: Select[BranchAction], order: ColumnElement[Any], most: int) -> Sequence[BranchAction]:
    return db.session.scalars(statement.order_by(order, BranchAction.id).limit(most)).all()
