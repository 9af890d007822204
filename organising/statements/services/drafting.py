"""Writing a statement. An edit of a text that stands voids every sign-off in the same transaction: the database does it."""

from dataclasses import dataclass
from uuid import UUID

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission
from organising.statements.models import Statement, StatementVersion
from organising.statements.queries import get_version, lock_own
from organising.statements.states import Kind, State


@dataclass(frozen=True)
class Text:
    """What a person writes, and what is agreed, signed and released."""

    headline: str
    body: str


class TextMoved(Conflict):
    """Somebody saved another text since this one was opened; ``number`` is that text's."""

    code = "text_moved"

    def __init__(self, version: StatementVersion) -> None:
        super().__init__(
            f"{version.editor_label} saved version {version.number} while you were writing. Compare it with yours, "
            "then save again to put yours over it."
        )
        self.number = version.number


def begin(actor: Actor, kind: Kind, title: str, text: Text, *, origin: Statement | None = None) -> Statement:
    """A new draft of the actor's organisation. ``origin``: the partner's draft that it is taken on from."""
    actor.check(Permission.STATEMENTS_DRAFT)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    statement = Statement(
        id=new_id(),
        campaign_id=actor.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        kind=kind,
        title=title,
        origin_id=origin.id if origin else None,
    )
    db.session.add(statement)
    db.session.flush()
    _keep(actor, statement, text)
    audit.record(actor, "statement.begun", "statement", statement.id, kind=str(kind))
    return statement


def save_text(
    actor: Actor, statement_id: UUID, text: Text, number: int, *, of_number: int | None = None
) -> Statement:
    """Keep another text. ``number`` is the version that was edited; raises :class:`TextMoved` where another came between.

    Of a text that stands only the lead's coordinator keeps another one: it opens again, and every sign-off is void.
    """
    actor.check(Permission.STATEMENTS_DRAFT)
    statement = lock_own(actor, statement_id)
    if statement.state == State.RELEASED:
        raise Conflict("It is released. Correct it with a note that everybody can read.")
    if statement.is_frozen:
        check_publisher(actor)
    latest = get_version(statement, statement.number)
    if latest.number != number:
        raise TextMoved(latest)
    if (latest.headline, latest.body) == (text.headline, text.body):
        return statement
    was = statement.state
    _keep(actor, statement, text, of_number=of_number)
    audit.record(actor, "statement.edited", "statement", statement.id, was=was, number=statement.number)
    return statement


def correct(actor: Actor, statement_id: UUID, text: Text, note: str) -> Statement:
    """Put right what is released, with a note on its page. Words that somebody signed stay: the note says what is wrong."""
    check_publisher(actor)
    statement = lock_own(actor, statement_id)
    if statement.state != State.RELEASED:
        raise Conflict("It is not released. Change the text instead.")
    _keep(actor, statement, text, note=note)
    audit.record(actor, "statement.corrected", "statement", statement.id, number=statement.number)
    return statement


def check_publisher(actor: Actor) -> None:
    """Raise :class:`Forbidden` for everyone but a coordinator."""
    if not actor.can(Permission.STATEMENTS_PUBLISH):
        raise Forbidden(
            "This text stands. Only a coordinator opens it again, since that voids every sign-off."
        )


def _keep(
    actor: Actor,
    statement: Statement,
    text: Text,
    *,
    of_number: int | None = None,
    note: str | None = None,
) -> None:
    assert actor.user_id is not None
    db.session.add(
        StatementVersion(
            organisation_id=statement.organisation_id,
            id=new_id(),
            statement_id=statement.id,
            number=statement.number + 1,
            headline=text.headline,
            body=text.body,
            editor_id=actor.user_id,
            editor_label=actor.author_label,
            of_number=of_number,
            note=note,
        )
    )
    db.session.flush()
    # The database has counted the text, and opened the statement again where it stood.
    db.session.refresh(statement)
