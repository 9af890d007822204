"""What the public does with its own signature: sign, confirm, refuse, say its sector, withdraw.

Runs as ``organising_public`` in the context of one signing id, which the server makes and the link in the mail
carries. Statements are plain ones on the tables: the public speaks for no organisation, so the session's guard
for organisations' rows is not for it; the database's policies are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update

from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.errors import DomainError, NotFound
from ...platform.queue import enqueue_after_commit
from ...platform.sealing import blind_index, canonical_email, seal_field
from .. import canonical
from ..keys import CountingKeys, counting_keys
from ..models import Channel, Part, Pledge, PledgeConsent, PledgeState, Purpose, Sector
from ..queries import Partner, SigningPage
from ..texts import lead_consent, pledge_consent, updates_consent

PLEDGE: Any = Pledge.__table__
CONSENT: Any = PledgeConsent.__table__


class DriveClosed(DomainError):
    """The drive takes no more signatures."""

    code = "drive_closed"
    status = 409


@dataclass(frozen=True)
class Signature:
    """What a signer gave: checked and normalised by the form. ``updates_from``: organisations whose box was ticked."""

    name: str
    email: str
    postcode: str
    updates_from: frozenset[UUID] = frozenset()
    channel: str = Channel.WEB


@dataclass(frozen=True)
class Signing:
    """One signing as its holder sees it: the collector's row, and who else holds a copy."""

    id: UUID
    pledge_id: UUID
    drive_id: UUID
    campaign_id: UUID
    collector_id: UUID
    holder_ids: tuple[UUID, ...]
    state: str
    wording_version: int
    sector: str | None
    signed_at: datetime
    confirmed_at: datetime | None
    ticked: frozenset[UUID] = field(default_factory=frozenset)


def sign(signing_id: UUID, page: SigningPage, signature: Signature) -> None:
    """Write the collector's pending row, one for the lead if its box was ticked, and ring for the mail.

    The same writes for a first and for a repeated signature. Raises :class:`DriveClosed`.
    """
    if not page.is_open:
        raise DriveClosed("This pledge is closed. No more signatures are taken.")
    keys = counting_keys(page.drive.id, signature.email, signature.name, signature.postcode)
    holders = [(page.collector, Part.COLLECTED)]
    if page.lead != page.collector and page.lead.id in signature.updates_from:
        holders.append((page.lead, Part.SHARED))
    at = now()
    rows = [_row(signing_id, page, signature, keys, partner, part, at) for partner, part in holders]
    db.session.execute(insert(PLEDGE), rows)
    db.session.execute(
        insert(CONSENT),
        [
            c
            for row, (p, part) in zip(rows, holders, strict=True)
            for c in _consents(row, p, part, signature, at)
        ],
    )
    enqueue_after_commit(
        "organising.pledges.jobs.send_confirmation",
        organisation_id=page.collector.id,
        row_id=rows[0]["id"],
        purpose="confirmation",
        queue="urgent",
    )


def _row(
    signing_id: UUID,
    page: SigningPage,
    given: Signature,
    keys: CountingKeys,
    partner: Partner,
    part: Part,
    at: datetime,
) -> dict[str, Any]:
    pledge_id = new_id()
    session = db.session()
    folded = canonical.folded(given.name)
    return {
        "organisation_id": partner.id,
        "id": pledge_id,
        "campaign_id": page.drive.campaign_id,
        "drive_id": page.drive.id,
        "signing_id": signing_id,
        "part": part,
        "state": PledgeState.PENDING,
        "channel": given.channel,
        "wording_version": page.drive.wording_version,
        "name": given.name,
        "name_folded": folded,
        "name_by_last": canonical.by_last(folded),
        "email_cipher": seal_field(session, partner.id, "pledge", "email_cipher", pledge_id, given.email),
        "email_key": blind_index(partner.id, "email", canonical_email(given.email)),
        "postcode": given.postcode,
        "person_key": keys.person_key,
        "name_key": keys.name_key,
        "postcode_key": keys.postcode_key,
        "confirmation_due_at": at if part is Part.COLLECTED else None,
        "confirmation_tries": 0,
        "created_at": at,
    }


def _consents(
    row: dict[str, Any], partner: Partner, part: Part, given: Signature, at: datetime
) -> list[dict[str, Any]]:
    wordings = {Purpose.PLEDGE: pledge_consent(partner.short_name)}
    if part is Part.SHARED:
        wordings = {Purpose.UPDATES: lead_consent(partner.short_name)}
    elif partner.id in given.updates_from:
        wordings[Purpose.UPDATES] = updates_consent(partner.short_name)
    return [
        {
            "organisation_id": partner.id,
            "id": new_id(),
            "pledge_id": row["id"],
            "signing_id": row["signing_id"],
            "channel": "email",
            "purpose": purpose,
            "wording": wording,
            "given_at": at,
            "created_at": at,
        }
        for purpose, wording in wordings.items()
    ]


def get_signing(signing_id: UUID) -> Signing:
    """The signing that this context holds. Raises :class:`NotFound`."""
    rows: Sequence[RowMapping] = (
        db.session.execute(select(PLEDGE).where(PLEDGE.c.signing_id == signing_id).order_by(PLEDGE.c.part))
        .mappings()
        .all()
    )
    if not rows or rows[0]["part"] != Part.COLLECTED:
        raise NotFound
    first = rows[0]
    ticked = db.session.scalars(
        select(CONSENT.c.organisation_id).where(
            CONSENT.c.signing_id == signing_id,
            CONSENT.c.purpose == Purpose.UPDATES,
            CONSENT.c.withdrawn_at.is_(None),
        )
    )
    return Signing(
        signing_id,
        first["id"],
        first["drive_id"],
        first["campaign_id"],
        first["organisation_id"],
        tuple(row["organisation_id"] for row in rows),
        first["state"],
        first["wording_version"],
        first["sector"],
        first["created_at"],
        first["confirmed_at"],
        frozenset(ticked),
    )


def confirm(signing: Signing) -> bool:
    """Confirm a pending signing; returns whether that changed anything. Every copy of it is confirmed at once."""
    return _move(signing, PledgeState.PENDING, state=PledgeState.CONFIRMED, confirmed_at=now())


def refuse(signing: Signing) -> bool:
    """ "This wasn't me": erase a pending signing; the database empties its personal columns."""
    return _end(signing, PledgeState.PENDING, PledgeState.ERASED)


def withdraw(signing: Signing) -> bool:
    """Withdraw a confirmed signing: it no longer counts, its details go, its consents end."""
    return _end(signing, PledgeState.CONFIRMED, PledgeState.WITHDRAWN)


def say_sector(signing: Signing, sector: Sector | None) -> bool:
    """Set or clear the sector of a confirmed signing; the tally follows."""
    return _move(signing, PledgeState.CONFIRMED, sector=sector)


def _end(signing: Signing, from_state: PledgeState, to_state: PledgeState) -> bool:
    at = now()
    if not _move(signing, from_state, state=to_state, ended_at=at):
        return False
    db.session.execute(
        update(CONSENT)
        .where(CONSENT.c.signing_id == signing.id, CONSENT.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )
    return True


def _move(signing: Signing, from_state: PledgeState, **changes: Any) -> bool:
    changed: Any = db.session.execute(
        update(PLEDGE)
        .where(PLEDGE.c.signing_id == signing.id, PLEDGE.c.state == from_state)
        .values(**changes)
    )
    if not changed.rowcount:
        return False
    enqueue_after_commit(
        "organising.pledges.jobs.count",
        organisation_id=signing.collector_id,
        row_id=signing.drive_id,
        purpose="count",
    )
    return True
