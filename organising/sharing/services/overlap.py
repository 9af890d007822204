"""Counting how many people two or more partners know: by those who take part, once a quarter, in tens and with noise.

Each organisation's emails are opened in its own context and hashed with a key that is made for this one count and is
written nowhere. Definer functions alone see the hashes of more than one, publish one number, and delete them.
"""

import hashlib
import hmac
import os
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, text

from ...contacts.models import Contact, ContactDetail, ContactKind, DetailKind
from ...organisations.queries import find_system_actor
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now, today
from ...platform.db import db, new_id
from ...platform.errors import Conflict
from ...platform.permissions import Permission
from ...platform.sealing import canonical_email
from ...platform.tenancy import Context, use_context
from ..models import OverlapPart

BATCH = 1_000


def take_part(actor: Actor) -> bool:
    """Let the organisation's contacts be counted with its partners'; returns whether that changed anything."""
    actor.check(Permission.CONTACTS_SETTINGS)
    if actor.campaign_id is None:
        raise Conflict(_("Your organisation takes part in no campaign at present."))
    if _own(actor) is not None:
        return False
    row = OverlapPart(
        campaign_id=actor.campaign_id, organisation_id=actor.organisation_id, author_label=actor.author_label
    )
    db.session.add(row)
    db.session.flush()
    record(actor, "overlap.joined", "organisation", actor.organisation_id)
    return True


def take_no_part(actor: Actor) -> bool:
    """Stop it; what was published stays. Returns whether that changed anything."""
    actor.check(Permission.CONTACTS_SETTINGS)
    row = _own(actor)
    if row is None or not row.end(now(), actor.author_label):
        return False
    record(actor, "overlap.left", "organisation", actor.organisation_id)
    return True


def _own(actor: Actor) -> OverlapPart | None:
    return db.session.scalar(
        select(OverlapPart).where(
            OverlapPart.campaign_id == actor.campaign_id,
            OverlapPart.organisation_id == actor.organisation_id,
            OverlapPart.ended_at.is_(None),
        )
    )


def publish_due() -> int:
    """Count and publish for every campaign whose figure for this quarter is due; answers for how many."""
    involved = defaultdict(list)
    with use_context(Context(purpose="overlap")) as session:
        for row in session.execute(text("SELECT * FROM app.overlap_due(:d)"), {"d": today()}):
            involved[row.campaign_id].append(row.organisation_id)
    return sum(_publish(campaign_id, ids) for campaign_id, ids in involved.items())


def _publish(campaign_id: UUID, organisation_ids: list[UUID]) -> bool:
    run_id, key = new_id(), os.urandom(32)
    for organisation_id in organisation_ids:
        with use_context(Context(organisation_id=organisation_id)):
            for tokens in _batches(key):
                db.session.execute(text("SELECT app.add_overlap_tokens(:r, :t)"), {"r": run_id, "t": tokens})
            record(find_system_actor(organisation_id), "overlap.counted", "organisation", organisation_id)
            db.session.commit()
    with use_context(Context(purpose="overlap")) as session:
        done = session.scalar(
            text("SELECT app.publish_overlap(:c, :d, :r)"), {"c": campaign_id, "d": today(), "r": run_id}
        )
        session.commit()
    return bool(done)


def _batches(key: bytes) -> Iterator[list[bytes]]:
    """Hashes of the emails of the session's organisation's people, a thousand at a time."""
    emails = (
        select(ContactDetail)
        .join(
            Contact,
            (Contact.id == ContactDetail.contact_id)
            & (Contact.organisation_id == ContactDetail.organisation_id),
        )
        .where(
            ContactDetail.kind == DetailKind.EMAIL,
            ContactDetail.value_cipher.is_not(None),
            Contact.kind == ContactKind.PERSON,
            Contact.archived_at.is_(None),
        )
        .execution_options(yield_per=BATCH)
    )
    for part in db.session.scalars(emails).partitions(BATCH):
        yield [
            hmac.new(key, canonical_email(one.value or "").encode(), hashlib.sha256).digest() for one in part
        ]
