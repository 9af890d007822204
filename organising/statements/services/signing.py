"""An organisation's yes or no to the text that stands, by somebody who had exactly that text before them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, NotFound
from organising.platform.permissions import Permission
from organising.statements.models import Statement, StatementSignOff
from organising.statements.queries import (
    find_version,
    get_statement,
    is_asked_to_sign,
    leaves_it_to_a_colleague,
)
from organising.statements.states import Decision, State

# What the database answers where the text moved on, where it is not theirs to sign, and where a colleague was quicker.
MOVED, NOT_THEIRS, TAKEN = "55000", "42501", "23505"
OWN_WORDS = "You wrote the text that stands, so a colleague who may sign answers for your organisation."


class NotTheText(Conflict):
    """The text that was read is not the one that stands: nothing is signed."""

    code = "not_the_text"


@dataclass(frozen=True)
class Name:
    """How an organisation stands under a text, exactly as it is published. ``digest``: of the text that was read."""

    digest: str
    name: str
    signatory: str = ""
    title: str = ""
    comment: str = ""


def sign(actor: Actor, statement_id: UUID, given: Name) -> StatementSignOff:
    """Put the organisation's name under the text. Raises :class:`NotTheText` where another stands by now."""
    return _answer(actor, statement_id, Decision.SIGN, given)


def decline(actor: Actor, statement_id: UUID, given: Name) -> StatementSignOff:
    """Say that the organisation does not sign. The statement's own organisation reads it, and the comment; nobody else."""
    return _answer(actor, statement_id, Decision.DECLINE, given)


def take_name_back(actor: Actor, statement_id: UUID) -> bool:
    """Take back what was answered; returns whether there was anything. After a release the page says since when."""
    actor.check(Permission.STATEMENTS_SIGN)
    standing = _standing(actor, get_statement(statement_id))
    if standing is None:
        return False
    _end(actor, standing)
    return True


def why_not_sign(actor: Actor, statement: Statement) -> str | None:
    """Why this person can't answer for their organisation now, or ``None``."""
    version = find_version(statement)
    reason: str | None = None
    if not actor.can(Permission.STATEMENTS_SIGN):
        reason = "An administrator or deputy of your organisation signs for it."
    elif not is_asked_to_sign(actor, statement):
        reason = "Your organisation is not asked for its name."
    elif statement.state != State.SIGNOFF_OPEN or version is None:
        reason = "Names are not taken now."
    elif statement.hard_deadline is not None and statement.hard_deadline <= now():
        reason = "The last moment to sign has passed."
    elif leaves_it_to_a_colleague(actor, statement):
        reason = OWN_WORDS
    return reason


def _answer(actor: Actor, statement_id: UUID, decision: Decision, given: Name) -> StatementSignOff:
    statement = get_statement(statement_id)
    if find_version(statement) is None:
        raise NotFound
    reason = why_not_sign(actor, statement)
    if reason is not None:
        is_theirs = actor.can(Permission.STATEMENTS_SIGN) and reason != OWN_WORDS
        raise Conflict(reason) if is_theirs else Forbidden(reason)
    if given.digest != statement.locked_hash:
        raise _moved()
    standing = _standing(actor, statement)
    if standing is not None and _is_same(standing, decision, given):
        raise Conflict("Your organisation has answered just so already.")
    try:
        if standing is not None:
            _end(actor, standing)
        made = _row(actor, statement, decision, given)
        db.session.add(made)
        db.session.flush()
    except DBAPIError as error:
        raise _refused(error) from error
    audit.record(
        actor, f"statement.{'signed' if decision is Decision.SIGN else 'declined'}", "statement", statement.id,
        hash=given.digest,
    )  # fmt: skip
    return made


def _row(actor: Actor, statement: Statement, decision: Decision, given: Name) -> StatementSignOff:
    assert actor.user_id is not None
    assert actor.role is not None
    signs = decision is Decision.SIGN
    return StatementSignOff(
        organisation_id=actor.organisation_id,
        id=new_id(),
        statement_id=statement.id,
        statement_organisation_id=statement.organisation_id,
        digest=given.digest,
        decision=decision,
        name=given.name,
        signatory=given.signatory if signs else "",
        signatory_title=given.title if signs else "",
        comment=given.comment,
        signer_id=actor.user_id,
        signer_label=actor.author_label,
        signer_role=str(actor.role),
    )


def _refused(error: DBAPIError) -> Conflict | Forbidden:
    db.session.rollback()
    state = getattr(error.orig, "sqlstate", None)
    if state == MOVED:
        return _moved()
    if state == NOT_THEIRS:
        return Forbidden(OWN_WORDS)
    if state == TAKEN:
        return Conflict("A colleague has answered at this moment. Load the page again.")
    raise error


def _moved() -> NotTheText:
    return NotTheText(
        "The text has changed since you read it, or is closed. Nothing is signed. Read it as it stands now."
    )


def _standing(actor: Actor, statement: Statement) -> StatementSignOff | None:
    return db.session.scalars(
        select(StatementSignOff).where(
            StatementSignOff.statement_id == statement.id,
            StatementSignOff.organisation_id == actor.organisation_id,
            StatementSignOff.voided_at.is_(None),
            StatementSignOff.withdrawn_at.is_(None),
        )
    ).one_or_none()


def _end(actor: Actor, standing: StatementSignOff) -> None:
    standing.withdrawn_at, standing.withdrawn_label = now(), actor.author_label
    db.session.flush()
    audit.record(actor, "statement.name_taken_back", "statement", standing.statement_id)


def _is_same(standing: StatementSignOff, decision: Decision, given: Name) -> bool:
    told = (standing.decision, standing.name, standing.signatory, standing.signatory_title, standing.comment)
    return told == (str(decision), given.name, given.signatory, given.title, given.comment)
