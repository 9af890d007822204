"""What mailings hold of one person: what was sent to them or in their name, what came back, and that they want no more."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.message import address_of
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from organising.platform.sealing import canonical_email
from organising.pledges.models import Pledge

from .models import Delivery, IncomingMessage, Mailing, Suppression


def find_mail(actor: Actor, subject: Subject) -> Rows:
    """Messages to one of their addresses or for one of their signatures, and what came back from them or about those."""
    keys = list(subject.keys)
    signed = select(Pledge.id).where(Pledge.email_key.in_(keys))
    theirs = or_(
        Delivery.email_key.in_(keys),
        Delivery.pledge_id.in_(signed),
        Delivery.contact_id.in_(list(subject.contact_ids)),
    )
    sent = frozenset(db.session.scalars(select(Delivery.id).where(theirs)))
    came = set(
        db.session.scalars(
            select(IncomingMessage.id).where(
                IncomingMessage.delivery_id.in_(list(sent)), IncomingMessage.erased_at.is_(None)
            )
        )
    )
    known = db.session.scalars(select(Suppression.id).where(Suppression.email_key.in_(keys))) if keys else ()
    return {
        "delivery": sent,
        "incoming_message": frozenset(came | _from_them(subject)),
        "suppression": frozenset(known),
    }


def _from_them(subject: Subject) -> set[UUID]:
    """What they wrote themselves. A sender is sealed without a key to find it by, and is kept for weeks at most."""
    if not subject.emails:
        return set()
    held = select(IncomingMessage).where(IncomingMessage.sender_cipher.is_not(None))
    return {
        one.id
        for one in db.session.scalars(held)
        if canonical_email(address_of(one.sender or "")) in subject.emails
    }


def erase_mail(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Erase the words of what came back. That a message went stays, by keys that name nobody: it would go twice otherwise."""
    held = select(IncomingMessage).where(IncomingMessage.id.in_(ids(rows, "incoming_message")))
    erased, at = 0, now()
    for one in db.session.scalars(held):
        erased += one.forget(at)
    db.session.flush()
    return {"incoming_message": erased}


def tell_mail(actor: Actor, rows: Rows) -> Sequence[Section]:
    """What was sent, what came back, and that an address is not written to."""
    sent = db.session.execute(
        select(Delivery, Mailing.title, Mailing.subject)
        .join(
            Mailing,
            (Mailing.organisation_id == Delivery.organisation_id) & (Mailing.id == Delivery.mailing_id),
        )
        .where(Delivery.id.in_(ids(rows, "delivery")))
        .order_by(Delivery.created_at)
    )
    came = select(IncomingMessage).where(IncomingMessage.id.in_(ids(rows, "incoming_message")))
    kept = select(Suppression).where(Suppression.id.in_(ids(rows, "suppression")))
    return (
        Section(
            _("Mail to you"),
            tuple(
                Item(
                    f"delivery:{one.id}",
                    subject or title,
                    ((_("State"), one.state), (_("Mailing"), title)),
                    one.changed_at,
                )
                for one, title, subject in sent
            ),
        ),
        Section(_("What came back from you"), tuple(_incoming(one) for one in db.session.scalars(came))),
        Section(
            _("Why we don’t write to you"),
            tuple(
                Item(f"suppression:{one.id}", one.reason, (), one.suppressed_at)
                for one in db.session.scalars(kept)
            ),
        ),
    )


def _incoming(message: IncomingMessage) -> Item:
    facts = [
        (_("From"), message.sender or ""),
        (_("Subject"), message.subject or ""),
        (_("Message"), message.body or ""),
        (_("Taken for"), message.reply_class or message.proposed or ""),
    ]
    title = message.subject or _("A message")
    return Item(
        f"incoming_message:{message.id}", title, tuple(one for one in facts if one[1]), message.created_at
    )


register(
    Holding(
        "mailings",
        find_mail,
        erase_mail,
        tell_mail,
        exports=frozenset({"delivery", "incoming_message", "suppression"}),
        erases=frozenset({"incoming_message"}),
        stays={
            "delivery": "keys that name nobody; without it the same message would go to the same person again",
            "suppression": "keyed hashes that outlive the person's rows, so that they are not written to again",
        },
    )
)
about_nobody(
    {
        "mail_server": "the organisation's own server",
        "mailing": "a text to many, and which colleague wrote it",
        "mailing_attachment": "files to many",
        "mailing_choice": "representatives, who are public figures",
        "mailing_reader": "which partner reads it",
        "mailing_removal": "representatives who were taken out",
        "mailing_signatory": "which partner signs",
        "mailing_signature": "how the organisation signs",
        "mailing_template": "texts to begin with",
        "mailing_version": "earlier texts",
        "sender_identity": "the organisation's own addresses",
        "sender_proof": "the organisation's own addresses",
        "sign_off": "which colleague or partner signed off",
        "sign_off_request": "which colleague was asked",
    }
)
