"""Calls of one organisation: the lists, one call, what was asked of an officer's unit, and what waits on Today."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select

from organising.calls.models import ActionCall, CallEvent, CallUnit
from organising.calls.queries.units import reachable
from organising.calls.states import Answer, State
from organising.organisations.models import Unit
from organising.organisations.queries import list_reach
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission

OVER = (State.CLOSED, State.WITHDRAWN)


@dataclass(frozen=True)
class Counts:
    """How a call stands; the four parts sum to ``asked``."""

    asked: int = 0
    doing: int = 0
    need_help: int = 0
    not_us: int = 0
    unseen: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.doing - self.need_help - self.not_us

    @property
    def heard(self) -> int:
        return self.asked - self.silent


def list_calls(actor: Actor, *, over: bool) -> Select[ActionCall]:
    """The organisation's calls, running or over; of drafts only for those who run calls."""
    states = OVER if over else (State.DRAFT, State.OPEN)
    statement = select(ActionCall).where(ActionCall.state.in_(states))
    if not actor.can(Permission.CALLS_MANAGE):
        statement = statement.where(ActionCall.opened_at.is_not(None))
    if list_reach(actor) is None:
        return statement
    theirs = select(CallUnit.call_id).where(reachable(actor))
    return statement.where(or_(ActionCall.id.in_(theirs), ActionCall.created_by == actor.user_id))


def get_call(call_id: UUID) -> ActionCall:
    """One call of the own organisation. Raises ``NotFound``."""
    return get_or_404(ActionCall, call_id)


def count_answers(actor: Actor, call_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """How each of these calls stands, over the units in reach; one statement."""
    if not call_ids:
        return {}
    rows = db.session.execute(
        select(
            CallUnit.call_id,
            func.count(CallUnit.id),
            *(func.count(case((CallUnit.answer == one, 1))) for one in Answer.__members__.values()),
            func.count(case(((CallUnit.answer == Answer.NEED_HELP) & CallUnit.helped_at.is_(None), 1))),
        )
        .where(CallUnit.call_id.in_(call_ids), reachable(actor))
        .group_by(CallUnit.call_id)
    )
    return {
        row[0]: Counts(row[1], doing=row[2], not_us=row[3], need_help=row[4], unseen=row[5]) for row in rows
    }


def list_asked_of(actor: Actor) -> Sequence[tuple[CallUnit, ActionCall]]:
    """What an officer's unit is asked, open ones, the most urgent first."""
    if actor.unit_id is None:
        return []
    rows = db.session.execute(
        _with_call()
        .where(CallUnit.unit_id == actor.unit_id, ActionCall.state == State.OPEN)
        .order_by(ActionCall.due_on, ActionCall.id)
    )
    return [(row[0], row[1]) for row in rows]


def list_events(call_id: UUID, call_unit_id: UUID | None = None, most: int = 50) -> Sequence[CallEvent]:
    """The history of a call, or of one unit's part, newest first."""
    statement = select(CallEvent).where(CallEvent.call_id == call_id)
    if call_unit_id is not None:
        statement = statement.where(CallEvent.call_unit_id == call_unit_id)
    else:
        statement = statement.where(CallEvent.call_unit_id.is_(None))
    return db.session.scalars(statement.order_by(CallEvent.created_at.desc(), CallEvent.id).limit(most)).all()


def list_need_help(actor: Actor, most: int = 5) -> Few[tuple[UUID, UUID, str, str]]:
    """Units that asked for help and nobody has seen to: call, unit asked, the unit's name, the call's title."""
    if not actor.can(Permission.CALLS_MANAGE):
        return Few()
    statement = (
        select(ActionCall.id, CallUnit.id, Unit.name, ActionCall.title)
        .select_from(CallUnit)
        .join(
            ActionCall,
            (ActionCall.id == CallUnit.call_id) & (ActionCall.organisation_id == CallUnit.organisation_id),
        )
        .join(Unit, (Unit.id == CallUnit.unit_id) & (Unit.organisation_id == CallUnit.organisation_id))
        .where(
            CallUnit.answer == Answer.NEED_HELP,
            CallUnit.helped_at.is_(None),
            reachable(actor),
            ActionCall.state.in_((State.OPEN, State.CLOSED)),
        )
        .order_by(CallUnit.answered_at, CallUnit.id)
    )
    return first_few(statement, most, rows=True)


def find_running_pass_on(joint_call_id: UUID) -> ActionCall | None:
    """The organisation's own call that passes a call of the coalition on, where it is not called off."""
    return db.session.scalars(
        select(ActionCall)
        .where(ActionCall.joint_call_id == joint_call_id, ActionCall.state != State.WITHDRAWN)
        .order_by(ActionCall.created_at)
        .limit(1)
    ).one_or_none()


def _with_call() -> Select[CallUnit, ActionCall]:
    return select(CallUnit, ActionCall).join(
        ActionCall,
        (ActionCall.id == CallUnit.call_id) & (ActionCall.organisation_id == CallUnit.organisation_id),
    )
