"""“Send me a test”: one message to its author, marked as such. It is no delivery and leaves no state."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from organising.accounts.models import User
from organising.mailings.audience import included, list_entries
from organising.mailings.content import Letter
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing
from organising.mailings.queries import get_own, sender_of, texts_of
from organising.mailings.queries.attachments import read_files
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.mail import Mailer, OutgoingMail
from organising.platform.permissions import Permission

from .mail_servers import server_for


def send_test(actor: Actor, mailing_id: UUID, number: int) -> str:
    """Send message ``number`` (from 1) to the actor's own address; answers it.

    Raises :class:`Invalid` where the message can't be built, ``Refused`` or ``ReplyLost`` from the mail
    server.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    mailing = get_own(actor, mailing_id)
    going = included(list_entries(mailing))
    if not 1 <= number <= len(going):
        raise NotFound
    try:
        letter = texts_of(mailing).letter(going[number - 1])
    except (Unparsable, KeyError):
        raise Invalid("This message can't be built yet: put its merge fields right first.") from None
    audit.record(actor, "mailing.test_sent", "mailing", mailing.id)
    return send_to_oneself(actor, mailing, letter)


def send_to_oneself(
    actor: Actor, mailing: Mailing, letter: Letter, headers: Mapping[str, str] | None = None
) -> str:
    """Send a letter of a mailing to the actor's own address, marked as a test; answers it. Raises as :func:`send_test`."""
    user = db.session.scalars(select(User).where(User.id == actor.user_id)).one_or_none()
    address = user.email if user else None
    if not address:
        raise Invalid("Your account has no address to send a test to.")
    # The way that the mailing itself goes.
    Mailer(server_for(mailing), sender_of(mailing)).send(
        OutgoingMail(
            to=address,
            subject=f"[TEST] {letter.subject}",
            text=letter.text,
            html=letter.html,
            reply_to=mailing.reply_to,
            sender=sender_of(mailing),
            headers=headers or {},
            files=read_files(mailing),
        )
    )
    return address
