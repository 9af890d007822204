"""Which mail is due to whom: written down once for each reader, whatever is asked how often, and sent by ``mails``."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from organising.actions.models import BranchAction
from organising.actions.states import HAPPENED, State
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.platform.queue import enqueue_after_commit

from ..models import STANDING, AttendanceMail, Attended, MailKind, SignUp, SignUpState
from ..queries.mails import list_attended, was_told_cancelled
from .places import SEND

DAY = timedelta(days=1)
# What was pressed by mistake is undone by then, and nobody was told.
GRACE = timedelta(minutes=5)
THANKED_FOR = timedelta(days=7)
# An action of a whole day begins at midnight: its reminder comes the morning before.
MORNING = time(10)
ON = (State.APPROVED, State.SCHEDULED)


def plan_mails(actor: Actor, at: datetime) -> int:
    """Write down what is due of the organisation's actions, and give free places to who waits; answers how many mails."""
    planned = 0
    for action in list_attended(actor.organisation_id, at - THANKED_FOR - DAY):
        planned += _of_action(action, at)
    if planned:
        ring(actor.organisation_id)
    return planned


def ring(organisation_id: UUID) -> None:
    """Ring for what is due."""
    enqueue_after_commit(
        SEND, organisation_id=organisation_id, purpose="attendance_mail", queue="urgent", once=True
    )


def fill_places(action_id: UUID) -> int:
    """Give places that are free to those who wait longest; answers how many, each of whom is told."""
    return int(db.session.scalar(text("SELECT app.fill_own_seats(:a)"), {"a": action_id}) or 0)


def reminder_due(action: BranchAction) -> datetime:
    """When those who are going are reminded: a day before, or the morning before a whole day."""
    if not action.all_day:
        return action.starts_at - DAY
    before = action.starts_at.astimezone(LONDON).date() - DAY
    return datetime.combine(before, MORNING, LONDON)


def thanks_due(action: BranchAction) -> datetime:
    """When those who came are thanked: the morning after."""
    last = (action.ends_at - timedelta(seconds=1)).astimezone(LONDON).date()
    return datetime.combine(last + DAY, MORNING, LONDON)


def _of_action(action: BranchAction, at: datetime) -> int:
    if action.state == State.CANCELLED:
        return _tell_cancelled(action, at)
    if action.state in ON and action.starts_at > at:
        return (
            fill_places(action.id)
            + _tell_changed(action, at)
            + _tell_restored(action, at)
            + _remind(action, at)
        )
    if action.state in (State.DONE, *HAPPENED):
        return _thank(action, at)
    return 0


def _tell_cancelled(action: BranchAction, at: datetime) -> int:
    if action.ends_at <= at:
        return 0
    return _write(
        MailKind.CANCELLED, _version(action), action, _after_grace(action, at), SignUp.state.in_(STANDING)
    )


def _tell_restored(action: BranchAction, at: datetime) -> int:
    whom = (SignUp.state.in_(STANDING), was_told_cancelled())
    return _write(MailKind.RESTORED, _version(action), action, at, *whom)


def _tell_changed(action: BranchAction, at: datetime) -> int:
    now_told = db.session.scalar(
        text("SELECT app.told_of(:o, :a)"), {"o": action.organisation_id, "a": action.id}
    )
    others = (SignUp.state.in_(STANDING), SignUp.told != now_told)
    number = _write(MailKind.CHANGED, _version(action), action, _after_grace(action, at), *others)
    if number:
        theirs = update(SignUp).where(SignUp.action_id == action.id, *others)
        db.session.execute(theirs.values(told=now_told).execution_options(synchronize_session=False))
    return number


def _remind(action: BranchAction, at: datetime) -> int:
    due = reminder_due(action)
    if at < due:
        return 0
    # Who got a place after that has just read all of it.
    known = func.coalesce(SignUp.placed_at, SignUp.confirmed_at) < due
    key = str(int(action.starts_at.timestamp()))
    return _write(MailKind.REMINDER, key, action, at, SignUp.state == SignUpState.GOING, known)


def _thank(action: BranchAction, at: datetime) -> int:
    due = thanks_due(action)
    if not due <= at < due + THANKED_FOR:
        return 0
    came = func.coalesce(SignUp.attended, Attended.CAME) != Attended.STAYED_AWAY
    return _write(MailKind.THANKS, "", action, at, SignUp.state == SignUpState.GOING, came)


def _after_grace(action: BranchAction, at: datetime) -> datetime:
    return at if action.starts_at - at < DAY else at + GRACE


def _version(action: BranchAction) -> str:
    return f"v{action.version}"


def _write(kind: MailKind, key: str, action: BranchAction, due: datetime, *whom: ColumnElement[bool]) -> int:
    return write_mails(kind, literal(key), due, SignUp.action_id == action.id, *whom)


def write_mails(kind: MailKind, key: Any, due: datetime, *whom: ColumnElement[bool]) -> int:
    """One message to each of them whom none of this kind and key was written for before; answers how many."""
    found = select(
        SignUp.organisation_id,
        func.gen_random_uuid(),
        SignUp.id,
        literal(str(kind)),
        key,
        literal(due, type_=AttendanceMail.confirmation_due_at.type),
        literal(0),
        func.now(),
    ).where(*whom)
    names = (
        "organisation_id", "id", "sign_up_id", "kind", "key", "confirmation_due_at", "confirmation_tries", "created_at",
    )  # fmt: skip
    # Counted by what comes back: of an insert that selects, the driver knows no number.
    written = insert(AttendanceMail).from_select(names, found).on_conflict_do_nothing()
    return len(db.session.scalars(written.returning(AttendanceMail.id)).all())
