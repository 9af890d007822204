"""A signer wants no more: their agreement with this organisation ends, and the address is out of its reach."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from organising.mailings.models import Delivery, SuppressedFor
from organising.mailings.services.suppressions import address_of_delivery, suppress
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find
from organising.platform.errors import NotFound
from organising.pledges.models import Pledge, PledgeConsent, Purpose


def stop_updates(actor: Actor, delivery_id: UUID) -> bool:
    """End the updates of this organisation to whoever got this message; returns whether they still got any.

    Their signature stays, and so does what they agreed to with others. Raises :class:`NotFound`.
    """
    delivery = find(Delivery, delivery_id)
    if delivery is None or delivery.pledge_id is None:
        raise NotFound
    theirs = select(Pledge.id).where(
        Pledge.organisation_id == actor.organisation_id,
        or_(Pledge.email_key == delivery.email_key, Pledge.person_key == delivery.person_key),
    )
    ended: Any = db.session.execute(
        update(PledgeConsent)
        .where(
            PledgeConsent.organisation_id == actor.organisation_id,
            PledgeConsent.purpose == Purpose.UPDATES,
            PledgeConsent.withdrawn_at.is_(None),
            PledgeConsent.pledge_id.in_(theirs),
        )
        .values(withdrawn_at=now())
        .execution_options(synchronize_session=False)
    )
    address = address_of_delivery(delivery)
    if address is not None:
        suppress(actor.organisation_id, address, SuppressedFor.UNSUBSCRIBED)
    if ended.rowcount:
        audit.record(actor, "updates.stopped", "delivery", delivery.id, mailing=str(delivery.mailing_id))
    return bool(ended.rowcount)
