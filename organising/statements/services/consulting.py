"""Partners comment while the text is open and propose words; the statement's own organisation takes them in or closes them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission
from organising.statements.models import Statement, StatementComment, StatementResolution
from organising.statements.queries import find_version, get_statement, get_version, lock_own
from organising.statements.services.drafting import Text, save_text
from organising.statements.states import Outcome


@dataclass(frozen=True)
class Remark:
    """What somebody writes about a text: words of it, words to put there, and why. All but one may be empty."""

    body: str
    quote: str = ""
    proposal: str | None = None


def comment(
    actor: Actor, statement_id: UUID, remark: Remark, *, answers: UUID | None = None
) -> StatementComment:
    """Add a comment, or an answer to one. Raises :class:`Invalid` for a quotation that the text does not hold."""
    actor.check(Permission.STATEMENTS_DRAFT)
    statement = get_statement(statement_id)
    version = find_version(statement)
    if version is None:
        raise NotFound
    if not statement.is_open:
        raise Conflict("The text stands, so it takes no more comments. Your words are still in the form.")
    if remark.proposal is not None and remark.quote not in version.body:
        raise Invalid(
            "These words are not in the text as it stands.",
            quote="Copy the words exactly as they stand in the text.",
        )
    if answers is not None and get_comment(statement, answers).parent_id is not None:
        raise NotFound
    assert actor.user_id is not None
    made = StatementComment(
        organisation_id=actor.organisation_id,
        id=new_id(),
        statement_id=statement.id,
        number=version.number,
        parent_id=answers,
        quote=remark.quote or None,
        proposal=remark.proposal,
        body=remark.body,
        author_id=actor.user_id,
        author_label=actor.author_label,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "statement.commented", "statement", statement.id, number=version.number)
    return made


def take_comment_back(actor: Actor, statement_id: UUID, comment_id: UUID) -> bool:
    """Take an own comment back; returns whether that changed anything. It stays on record as taken back, without its words."""
    found = get_comment(get_statement(statement_id), comment_id)
    if found.author_id != actor.user_id or found.organisation_id != actor.organisation_id:
        raise NotFound
    if found.withdrawn_at is not None:
        return False
    found.withdrawn_at = now()
    audit.record(actor, "statement.comment_taken_back", "statement", statement_id)
    return True


def resolve(
    actor: Actor, statement_id: UUID, comment_id: UUID, outcome: Outcome, words: str = ""
) -> StatementResolution:
    """Accept, close or open a thread again. Accepting proposed words puts them into a new text.

    Raises :class:`Conflict` where the words that they replace are not in the text just once any more.
    """
    actor.check(Permission.STATEMENTS_DRAFT)
    statement = lock_own(actor, statement_id)
    if not statement.is_open:
        raise Conflict("The text stands. Open it again first.")
    found = get_comment(statement, comment_id)
    number = None
    if outcome is Outcome.ACCEPTED and found.proposal is not None:
        number = _take_in(actor, statement, found)
    made = StatementResolution(
        organisation_id=actor.organisation_id,
        id=new_id(),
        statement_id=statement.id,
        comment_id=found.id,
        outcome=outcome,
        words=words,
        number=number,
        author_label=actor.author_label,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "statement.comment_resolved", "statement", statement.id, outcome=str(outcome))
    return made


def get_comment(statement: Statement, comment_id: UUID) -> StatementComment:
    """One comment on a statement that the reader may read; raises :class:`NotFound`."""
    found = db.session.scalars(
        select(StatementComment).where(
            StatementComment.id == comment_id, StatementComment.statement_id == statement.id
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _take_in(actor: Actor, statement: Statement, found: StatementComment) -> int:
    version = get_version(statement, statement.number)
    assert found.quote is not None
    assert found.proposal is not None
    if version.body.count(found.quote) != 1:
        raise Conflict(
            "The words that this replaces are not in the text just once any more. Put the new ones in by hand, then close "
            "the thread with a line that says so."
        )
    body = version.body.replace(found.quote, found.proposal)
    save_text(actor, statement.id, Text(version.headline, body), version.number)
    return statement.number
