"""A statement's way: put to partners, locked, open for names, final, under embargo, released. One function a step."""

from uuid import UUID

from organising.organisations.queries import is_lead
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden
from organising.platform.queue import enqueue_after_commit
from organising.statements.models import Statement
from organising.statements.queries import has_passed, has_signed, list_asked, lock_own
from organising.statements.states import Kind, State, may

TELL = "organising.statements.jobs.tell_asked"


def consult(actor: Actor, statement_id: UUID) -> bool:
    """Put the text to the partners that are asked; returns whether that changed anything."""
    statement = _open(actor, statement_id, "consult")
    asked = [one for one in list_asked(statement) if one.organisation.id != actor.organisation_id]
    if not asked:
        raise Conflict("Choose first whom it is put to.")
    return _step(actor, statement, "consult") and _tell(statement)


def take_back(actor: Actor, statement_id: UUID) -> bool:
    """Take it back to a draft that partners do not read."""
    return _step(actor, _open(actor, statement_id, "take_back"), "take_back")


def lock(actor: Actor, statement_id: UUID, number: int) -> bool:
    """Let the text stand as it is. ``number``: the version that whoever locks has read."""
    statement = _open(actor, statement_id, "lock")
    if statement.is_open and statement.number != number:
        raise Conflict("The text has a new version since you opened this page. Read it, then lock it.")
    return _step(actor, statement, "lock")


def reopen(actor: Actor, statement_id: UUID) -> bool:
    """Open a text that stands for changes; every sign-off is void with it."""
    return _step(actor, _open(actor, statement_id, "edit"), "edit")


def open_signoff(actor: Actor, statement_id: UUID) -> bool:
    """Ask partners for their names under the text that stands."""
    statement = _open(actor, statement_id, "open_signoff")
    if not any(one.is_waited_for for one in list_asked(statement)):
        raise Conflict("Choose first which members are asked for their names.")
    if statement.hard_deadline is not None and statement.hard_deadline <= now():
        raise Conflict("The last moment to sign has passed. Choose a later one first.")
    statement.opened_at = now()
    return _step(actor, statement, "open_signoff") and _tell(statement)


def finish(actor: Actor, statement_id: UUID) -> bool:
    """Close the list of names: once all have answered or the last moment has passed. Silence puts no name under it."""
    statement = _open(actor, statement_id, "finish")
    asked = list_asked(statement)
    if statement.state == State.SIGNOFF_OPEN:
        waited = [one.organisation.name for one in asked if one.is_waited_for]
        if waited and (statement.hard_deadline is None or statement.hard_deadline > now()):
            raise Conflict(
                f"{', '.join(waited)} can still answer. It can be final once all have, or the last moment has passed."
            )
    if statement.is_frozen and statement.kind == Kind.SIGN_ON_LETTER and not has_signed(statement):
        raise Conflict("Nobody has signed this letter. A letter without a name is not released.")
    return _step(actor, statement, "finish")


def embargo(actor: Actor, statement_id: UUID) -> bool:
    """Hand it to the clock, which releases it when its embargo passes."""
    statement = _open(actor, statement_id, "embargo")
    if statement.embargo_at is None:
        raise Conflict("It has no embargo. Release it, or give it one first.")
    return _step(actor, statement, "embargo")


def release(actor: Actor, statement_id: UUID) -> bool:
    """Let everybody read it. Raises :class:`Conflict` before its embargo, by the database's clock too."""
    statement = _open(actor, statement_id, "release")
    if statement.embargo_at is not None and not has_passed(statement.embargo_at):
        raise Conflict("It is under embargo. Nobody can release it before its time.")
    return _step(actor, statement, "release")


def come_due(actor: Actor, statement_id: UUID) -> bool:
    """The clock's own step; returns whether it was due. It reads no text: the database shows it none."""
    statement = lock_own(actor, statement_id)
    if (
        statement.state != State.EMBARGOED
        or statement.embargo_at is None
        or not has_passed(statement.embargo_at)
    ):
        return False
    return _step(actor, statement, "come_due")


def retire(actor: Actor, statement_id: UUID) -> bool:
    """Say that lines are spoken no more: they leave every briefing."""
    statement = _open(actor, statement_id, "release")
    if statement.state != State.RELEASED or statement.kind != Kind.LINES_TO_TAKE:
        raise Conflict("Only lines that are released are taken out of use.")
    if statement.retired_at is not None:
        return False
    statement.retired_at = now()
    audit.record(actor, "statement.retired", "statement", statement.id)
    return True


def restore(actor: Actor, statement_id: UUID) -> bool:
    """Speak lines again that were taken out of use."""
    statement = _open(actor, statement_id, "release")
    if statement.retired_at is None:
        return False
    statement.retired_at = None
    audit.record(actor, "statement.restored", "statement", statement.id)
    return True


def put_away(actor: Actor, statement_id: UUID) -> bool:
    """Give up a draft: it leaves the list and can be brought back. What partners read is taken back first."""
    statement = _open(actor, statement_id, "consult")
    if statement.state != State.DRAFT:
        raise Conflict("Partners read it. Take it back to a draft first.")
    if statement.retired_at is not None:
        return False
    statement.retired_at = now()
    audit.record(actor, "statement.put_away", "statement", statement.id)
    return True


def bring_back(actor: Actor, statement_id: UUID) -> bool:
    """Put a draft that was given up back on the list."""
    statement = _open(actor, statement_id, "consult")
    if statement.state != State.DRAFT or statement.retired_at is None:
        return False
    statement.retired_at = None
    audit.record(actor, "statement.brought_back", "statement", statement.id)
    return True


def _open(actor: Actor, statement_id: UUID, verb: str) -> Statement:
    statement = lock_own(actor, statement_id)
    if not may(actor, verb, is_own=True, is_lead=is_lead(actor)):
        raise Forbidden("The coordinator of the campaign’s lead does this.")
    return statement


def _step(actor: Actor, statement: Statement, verb: str) -> bool:
    was = statement.state
    if statement.is_put_away:
        raise Conflict("It is put away. Bring it back first.")
    if not statement.move(verb):
        return False
    db.session.flush()
    db.session.refresh(statement)
    audit.record(
        actor, f"statement.{verb}", "statement", statement.id, was=was, number=statement.number,
        hash=statement.locked_hash,
    )  # fmt: skip
    return True


def _tell(statement: Statement) -> bool:
    for one in list_asked(statement):
        enqueue_after_commit(
            TELL,
            organisation_id=one.organisation.id,
            row_id=statement.id,
            purpose="tell_of_statement",
            queue="mail",
        )
    return True
