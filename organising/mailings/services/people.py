"""What mailings to people have in common before they leave: words, what is wrong with them, a test, the question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from organising.mailings.checks import Finding
from organising.mailings.content import Letter, Texts, fields_of
from organising.mailings.merge import Unparsable, parse
from organising.mailings.models import Mailing
from organising.mailings.queries import common_values, sender_of
from organising.mailings.queries.identities import find_identity
from organising.mailings.states import BEFORE_SENDING, MailingMode, MailingState
from organising.mailings.stop_links import Links
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.message import OutgoingMail, compose
from organising.platform.permissions import Permission

from .checking import examine_text
from .drafting import Wording
from .review import put_to_review
from .testing import send_to_oneself

LONGEST_TITLE = 120
HARMLESS = "check@check.example"
EXAMPLE = "Robin Example"

Draw = Callable[[Texts, str | None, str], Letter]


@dataclass(frozen=True)
class PeopleWords:
    """What a person writes. An ``identity_id`` brings its own name and address for answers."""

    subject: str
    body: str
    sender_name: str
    reply_to: str
    identity_id: UUID | None = None


def wording_of(words: PeopleWords, mode: MailingMode) -> Wording:
    """The words as a mailing of this mode keeps them; raises ``Unparsable``, :class:`Invalid`."""
    identity = find_identity(words.identity_id)
    if words.identity_id is not None and (identity is None or not identity.is_confirmed):
        raise Invalid(_("Choose a sender whose addresses are confirmed."))
    return Wording(
        title=_title(words.subject, mode),
        subject=words.subject,
        body=words.body,
        sender_name=identity.name if identity else words.sender_name,
        reply_to=identity.reply_to if identity else words.reply_to,
        ask_id=None,
    )


def _title(subject: str, mode: MailingMode) -> str:
    """What it is called in lists: its subject, with words where it has fields."""
    text = parse(subject, fields_of(mode))
    unknown: dict[str, str | None] = {slot.field: "…" for slot in text.slots if slot.fallback is None}
    return text.render(unknown)[:LONGEST_TITLE]


def in_hand(organisation_id: UUID, words: PeopleWords, mode: MailingMode) -> Mailing:
    """A draft of these words that is kept nowhere, to show how it would read."""
    return Mailing(
        organisation_id=organisation_id,
        id=new_id(),
        mode=mode,
        state=MailingState.DRAFT,
        subject=words.subject,
        body=words.body,
        reply_to=words.reply_to,
        sender_name=words.sender_name,
    )


def read_letters(
    mailing: Mailing, texts_of_it: Callable[[], Texts], draw: Draw
) -> tuple[list[str], list[tuple[str, Letter]]]:
    """What is wrong with the text, and the letter to somebody invented and to one whose first name is not known."""
    try:
        texts = texts_of_it()
        made = [
            (label, draw(texts, name, HARMLESS))
            for label, name in ((EXAMPLE, EXAMPLE), (_("somebody whose first name is not known"), None))
        ]
        mail = OutgoingMail(HARMLESS, made[0][1].subject, made[0][1].text, made[0][1].html, mailing.reply_to)
        compose(mail, HARMLESS)
    except Unparsable as error:
        return [str(problem) for problem in error.problems], []
    except KeyError as error:
        name = str(error.args[0])
        return [_('“%(name)s” has no value yet and no fallback. Write {{ %(name)s|"…" }}.', name=name)], []
    except Invalid as error:
        return [error.message], []
    return [], made


def findings_of(mailing: Mailing) -> Sequence[Finding]:
    """What the checks find in a text that has not left."""
    return examine_text(mailing) if mailing.is_draft or mailing.state in BEFORE_SENDING else []


def check_still_draft(mailing: Mailing) -> None:
    """Raises :class:`Conflict` where sign-off was asked for."""
    if not mailing.is_draft:
        raise Conflict(_("Sign-off has been asked for already."))


def ask_about(actor: Actor, mailing: Mailing, going: int, *, lend_to_lead: bool) -> None:
    """Freeze text and count, and ask for sign-off."""
    mailing.common, mailing.sender = common_values(mailing), sender_of(mailing)
    mailing.audience_count = going
    put_to_review(actor, mailing, lend_to_lead=lend_to_lead)


def send_person_test(actor: Actor, mailing: Mailing, letter: Letter, links: Links) -> str:
    """Send it to the actor's own address, marked as a test; answers it. Its links stop and show nothing."""
    actor.check(Permission.MAILINGS_DRAFT)
    audit.record(actor, "mailing.test_sent", "mailing", mailing.id)
    return send_to_oneself(actor, mailing, letter, headers=links.headers)
