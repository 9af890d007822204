"""Follow-ups within reach: one's own, or those of the organisation (an officer: of the unit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from organising.accounts.models import User
from organising.lobbying.models import FollowUp
from organising.lobbying.queries.shared import in_log, of_subject
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission

# Of one contact.
MOST_OF_ONE = 100


@dataclass(frozen=True)
class FollowUpRow:
    """A follow-up with its owner's name, and whether it is the reader's own and overdue."""

    follow_up: FollowUp
    owner_name: str
    is_mine: bool
    is_overdue: bool


def list_follow_ups(
    actor: Actor, *, whose: str = "mine", done: bool = False, due_by: date | None = None, limit: int = 200
) -> Few[FollowUpRow]:
    """Open ones by due day, or done ones, the last done first. ``whose``: ``mine`` or ``ours``."""
    statement = _within_reach(actor)
    if whose == "mine":
        statement = statement.where(FollowUp.owner_user_id == actor.user_id)
    if due_by is not None:
        statement = statement.where(FollowUp.due_on <= due_by)
    if done:
        statement = statement.where(FollowUp.done_at.is_not(None)).order_by(
            FollowUp.done_at.desc(), FollowUp.id
        )
    else:
        statement = statement.where(*_waits()).order_by(FollowUp.due_on, FollowUp.id)
    return _rows(actor, statement, limit)


def list_person_follow_ups(actor: Actor, person_id: UUID, *, limit: int = 20) -> list[FollowUpRow]:
    """Open follow-ups about one person, the actor's organisation's (an officer: the unit's), by due day."""
    return list_subject_follow_ups(actor, person_id=person_id, limit=limit)


def list_subject_follow_ups(
    actor: Actor, *, person_id: UUID | None = None, institution_id: UUID | None = None, limit: int = 20
) -> list[FollowUpRow]:
    """Open follow-ups about one person or institution, as :func:`list_follow_ups` with ``ours``."""
    about = of_subject(FollowUp, person_id, institution_id)
    statement = _within_reach(actor).where(about, *_waits())
    return _rows(actor, statement.order_by(FollowUp.due_on, FollowUp.id), limit)


def list_engagement_follow_ups(actor: Actor, engagement_id: UUID) -> list[FollowUpRow]:
    """What was planned in one contact, done or not, within the actor's reach."""
    statement = _within_reach(actor).where(FollowUp.engagement_id == engagement_id)
    return _rows(actor, statement.order_by(FollowUp.due_on, FollowUp.id), MOST_OF_ONE)


def list_open_on(actor: Actor, subject_id: UUID | None, due_on: date | None) -> Sequence[FollowUp]:
    """The actor's own open ones about a person or an institution that are due on that day."""
    return db.session.scalars(
        select(FollowUp).where(
            or_(FollowUp.person_id == subject_id, FollowUp.institution_id == subject_id),
            FollowUp.owner_user_id == actor.user_id,
            FollowUp.due_on == due_on,
            *_waits(),
        )
    ).all()


def get_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """A follow-up within the actor's reach. Raises NotFound for every other alike."""
    found: FollowUp = get_or_404(FollowUp, follow_up_id)
    if not may_read_owned(actor, found.unit_id):
        raise NotFound
    return found


def reach(actor: Actor, unit_id: ColumnElement[UUID | None]) -> ColumnElement[bool] | None:
    """The condition on an owned row's unit under which this actor reads it; None where it reads nothing.

    The database holds the same rule; this one says it earlier, for a job's actor too.
    """
    if actor.can(Permission.NOTES_VIEW):
        return unit_id.is_(None) | unit_id.is_not(None)
    if actor.can(Permission.NOTES_VIEW_OWN_UNIT) and actor.unit_id is not None:
        return unit_id == actor.unit_id
    return None


def may_read_owned(actor: Actor, unit_id: UUID | None) -> bool:
    """Whether the actor reads the own organisation's note or follow-up of this unit."""
    if actor.can(Permission.NOTES_VIEW):
        return True
    return actor.can(Permission.NOTES_VIEW_OWN_UNIT) and unit_id is not None and unit_id == actor.unit_id


def _waits() -> tuple[ColumnElement[bool], ...]:
    """Not done, and not planned in a contact that was taken out of the log: it goes and comes back with that."""
    return FollowUp.done_at.is_(None), in_log(FollowUp.engagement_id)


def _within_reach(actor: Actor) -> Select[FollowUp, str]:
    condition = reach(actor, FollowUp.unit_id)  # type: ignore[arg-type]
    return (
        select(FollowUp, User.display_name)
        .outerjoin(User, User.id == FollowUp.owner_user_id)
        .options(joinedload(FollowUp.person), joinedload(FollowUp.institution))
        .where(condition if condition is not None else FollowUp.id.is_(None))
    )


def _rows(actor: Actor, statement: Select[FollowUp, str], most: int) -> Few[FollowUpRow]:
    found = first_few(statement, most, rows=True)
    day = today()
    rows = [
        FollowUpRow(row, name or "", row.owner_user_id == actor.user_id, row.is_overdue(day))
        for row, name in found
    ]
    return Few(rows, found.total)
