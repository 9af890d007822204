"""A released text goes out as a mailing, which is chosen, checked and signed off like any other: there is no second pipeline."""

from uuid import UUID

from organising.accounts.queries import find_email
from organising.mailings.models import Mailing
from organising.mailings.services.drafting import Wording, compose_mailing
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission
from organising.statements.models import Statement
from organising.statements.queries import find_published_of, get_statement, get_version
from organising.statements.services.drafting import Text, begin
from organising.statements.states import Kind, State

LONGEST_SUBJECT = 200


def draft_mailing(actor: Actor, statement_id: UUID) -> Mailing:
    """A draft of the actor's organisation with the text as it was released, and all who signed at its foot."""
    actor.check(Permission.MAILINGS_DRAFT)
    statement = get_statement(statement_id)
    published = find_published_of(statement) if statement.state == State.RELEASED else None
    if published is None or not statement.is_public:
        raise Conflict("Only what is released to the public goes out by mail.")
    body = _plain(published.version.body)
    greets = body.lstrip().lower().startswith("dear ")
    parts = [body if greets else "Dear {{ salutation }},\n\n" + body]
    names = [
        ", ".join(part for part in (one.signatory, one.title, one.name) if part) for one in published.standing
    ]
    if names:
        parts.append("\n".join(_plain(name) for name in names))
    mailing = compose_mailing(
        actor,
        Wording(
            title=statement.title,
            subject=_plain(published.version.headline)[:LONGEST_SUBJECT],
            body="\n\n".join(parts),
            sender_name=actor.organisation_name,
            reply_to=find_email(actor.user_id) or "",
            ask_id=None,
        ),
    )
    audit.record(actor, "statement.mailing_drafted", "statement", statement.id, mailing=str(mailing.id))
    return mailing


def take_on(actor: Actor, statement_id: UUID) -> Statement:
    """Make a partner's draft the coalition's: a statement of the lead's own, with the partner's words as its first text."""
    actor.check(Permission.STATEMENTS_PUBLISH)
    origin = get_statement(statement_id)
    if origin.organisation_id == actor.organisation_id:
        raise Conflict("It is your own already.")
    version = get_version(origin)
    text = Text(version.headline, version.body)
    return begin(actor, Kind(origin.kind), origin.title, text, origin=origin)


def _plain(words: str) -> str:
    """Words in which no merge field is read."""
    return words.replace("{{", "{ {").replace("}}", "} }")
