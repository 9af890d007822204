"""Putting addresses out of an organisation's reach: its own only, whatever partners may do with the same address."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from organising.contacts.models import ContactDetail
from organising.mailings.models import Delivery, SuppressedFor, Suppression
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.sealing import blind_index, canonical_email, installation_hash
from organising.pledges import canonical
from organising.pledges.models import Pledge

HIDDEN = "the address"


def suppress(organisation_id: UUID, address: str, reason: SuppressedFor) -> None:
    """Write to this address no more, from now on. Done again, the moment is the later one."""
    statement = insert(Suppression).values(
        organisation_id=organisation_id,
        id=new_id(),
        address_hash=hash_address(address),
        email_key=blind_index(organisation_id, "email", canonical_email(address)),
        reason=reason,
        suppressed_at=now(),
    )
    again = statement.on_conflict_do_update(
        index_elements=["organisation_id", "address_hash", "reason"],
        set_={
            "suppressed_at": statement.excluded.suppressed_at,
            "email_key": statement.excluded.email_key,
        },
    )
    db.session.execute(again)


def hash_address(address: str) -> bytes:
    """What a mailbox is suppressed by, the same in the whole installation."""
    return installation_hash("suppression", canonical.person(address))


def suppressed_since(
    organisation_id: UUID, hashes: Collection[bytes]
) -> Mapping[bytes, tuple[str, datetime]]:
    """Those of the hashes that the organisation suppresses: why and since when, the latest of each."""
    statement = (
        select(Suppression.address_hash, Suppression.reason, Suppression.suppressed_at)
        .where(Suppression.organisation_id == organisation_id, Suppression.address_hash.in_(hashes))
        .order_by(Suppression.suppressed_at)
    )
    return {row.address_hash: (row.reason, row.suppressed_at) for row in db.session.execute(statement)}


def address_of_delivery(delivery: Delivery) -> str | None:
    """Where a message goes; for one to a person as their own row holds it, ``None`` once that is erased or changed."""
    if not delivery.is_private:
        return delivery.address
    if delivery.pledge_id is None:
        return _address_of_contact(delivery)
    pledge = find(Pledge, delivery.pledge_id)
    return pledge.email if pledge is not None else None


def _address_of_contact(delivery: Delivery) -> str | None:
    statement = select(ContactDetail).where(
        ContactDetail.contact_id == delivery.contact_id, ContactDetail.value_key == delivery.email_key
    )
    detail = db.session.scalars(statement.limit(1)).one_or_none()
    return detail.value if detail is not None else None


def without_address(words: str, address: str) -> str:
    """What a server said, with the address that it was said of taken out."""
    return re.sub(re.escape(address), HIDDEN, words, flags=re.IGNORECASE) if address else words
