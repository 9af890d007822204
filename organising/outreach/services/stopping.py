"""A contact wants no more email: every yes to email ends, and the address is out of the organisation's reach."""

from uuid import UUID

from organising.contacts.models import ConsentChannel, ConsentDecision, ConsentSource, ContactConsent
from organising.contacts.queries.consents import list_decisions, list_standing
from organising.contacts.queries.contacts import find_whole
from organising.mailings.models import Delivery, SuppressedFor
from organising.mailings.services.suppressions import address_of_delivery, suppress
from organising.outreach.models import MAILED
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.errors import NotFound


def stop_emails(actor: Actor, delivery_id: UUID) -> bool:
    """End this organisation's email to whoever got this message; returns whether they still got any.

    One press in a mail program means all of it: what they agreed to by phone or post stays. Raises :class:`NotFound`.
    """
    delivery = find(Delivery, delivery_id)
    if delivery is None or delivery.email_key is None or delivery.pledge_id is not None:
        raise NotFound
    address = address_of_delivery(delivery)
    if address is not None:
        suppress(actor.organisation_id, address, SuppressedFor.UNSUBSCRIBED)
    contact = find_whole(delivery.contact_id) if delivery.contact_id is not None else None
    if contact is None:
        return False
    ended = end_email(actor, contact.id, ConsentSource.UNSUBSCRIBED)
    if ended:
        audit.record(actor, "outreach.stopped", "contact", contact.id, mailing=str(delivery.mailing_id))
    return ended


def end_email(actor: Actor, contact_id: UUID, source: ConsentSource) -> bool:
    """Take back every yes to email that stands; returns whether there was one."""
    standing = list_standing(list_decisions(contact_id))
    key, at = new_id(), now()
    ended = False
    for purpose in MAILED:
        decided = standing.get((purpose, ConsentChannel.EMAIL))
        if decided is None or not ConsentDecision(decided.consent.decision).lets_write:
            continue
        db.session.add(
            ContactConsent(
                contact_id=contact_id,
                purpose=purpose,
                channel=ConsentChannel.EMAIL,
                decision=ConsentDecision.WITHDRAWN,
                decided_at=max(at, decided.consent.decided_at),
                source=source,
                author_label=THEMSELVES,
                submission_key=key,
            )
        )
        ended = True
    db.session.flush()
    return ended


# Where an organisation's page says who wrote a decision down.
THEMSELVES = "themselves"
