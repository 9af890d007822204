"""Who comes, for the host's own staff: row security leaves an officer the own unit's, an analyst nobody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text

from organising.actions.models import BranchAction
from organising.actions.queries import ActionRecord, get_record, visible
from organising.actions.queries.reading import of_reach
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Forbidden, NotFound
from organising.platform.permissions import Permission

from ..models import STANDING, AttendanceMail, MailKind, SignUp, SignUpPage, SignUpState


@dataclass(frozen=True)
class Counts:
    """Numbers that an analyst reads too."""

    going: int
    waiting: int
    came: int
    stayed_away: int


def get_own_action(actor: Actor, action_id: UUID, *, sees_people: bool = True) -> ActionRecord:
    """One of the organisation's own actions. Raises :class:`NotFound`; :class:`Forbidden` where its people are another
    unit's, or the role sees none."""
    record = get_record(actor, action_id)
    if record.action.organisation_id != actor.organisation_id:
        raise NotFound
    if sees_people and not may_see_people(actor, record):
        raise Forbidden("Who signed up is for the branch that runs it and your organisation’s staff.")
    return record


def may_see_people(actor: Actor, record: ActionRecord) -> bool:
    """Whether the actor sees who comes to this action."""
    return actor.can(Permission.ATTENDEES_VIEW) and record.standing.in_reach


def count(action_id: UUID) -> Counts:
    """How many, of one of the organisation's own actions."""
    row = db.session.execute(text("SELECT * FROM app.attendance_counts(:a)"), {"a": action_id}).one()
    return Counts(row.going, row.waiting, row.came, row.stayed_away)


def find_page(action_id: UUID) -> SignUpPage | None:
    """What staff set about an action's sign-up, where they set anything."""
    return db.session.scalars(select(SignUpPage).where(SignUpPage.action_id == action_id)).one_or_none()


def select_own_public(actor: Actor, at: datetime, *, past: bool) -> Select[BranchAction]:
    """The organisation's public actions that were approved, within reach: to come, or over; to be paged."""
    over = BranchAction.ends_at <= at
    return visible(actor).where(
        BranchAction.organisation_id == actor.organisation_id,
        BranchAction.is_public,
        BranchAction.shared_at.is_not(None),
        *((of_reach(actor),) if actor.can(Permission.ATTENDEES_VIEW) else ()),
        over if past else ~over,
    )


def select_people(action_id: UUID) -> Select[SignUp]:
    """Those who confirmed, in order of confirming: with a place, and on the waiting list; to be paged or listed."""
    return select(SignUp).where(SignUp.action_id == action_id, SignUp.state.in_(STANDING))


def get_sign_up(action_id: UUID, sign_up_id: UUID, *, lock: bool = False) -> SignUp:
    """One who stands on this action's list. Raises :class:`NotFound`."""
    statement = select(SignUp).where(
        SignUp.action_id == action_id, SignUp.id == sign_up_id, SignUp.state.in_(STANDING)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def count_unconfirmed(action_id: UUID) -> int:
    """How many were sent the mail and have not pressed its button."""
    statement = select(func.count()).where(
        SignUp.action_id == action_id, SignUp.state == SignUpState.UNCONFIRMED
    )
    return db.session.scalar(statement) or 0


def count_sent(action_id: UUID) -> dict[str, int]:
    """How many messages of each kind left, but for the confirmations."""
    statement = (
        select(AttendanceMail.kind, func.count())
        .join(SignUp, SignUp.id == AttendanceMail.sign_up_id)
        .where(
            SignUp.action_id == action_id,
            AttendanceMail.kind != MailKind.CONFIRM,
            AttendanceMail.confirmation_sent_at.is_not(None),
        )
        .group_by(AttendanceMail.kind)
    )
    return {str(kind): number for kind, number in db.session.execute(statement)}
