"""From a keyed row to a signature: what is written for it, its consents, and the copy for the lead.

The lead's copy is written as the public writes one, in the context of that one signing: no organisation ever
writes another's row. It arrives pending, and becomes witnessed in the lead's own context.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.sealing import blind_index, canonical_email, seal_field
from ...platform.tenancy import Context, use_context
from ...representatives.services import find_seat_code
from .. import canonical
from ..keys import counting_keys
from ..models import (
    Channel,
    DriveStatus,
    PaperBatch,
    PaperRow,
    Part,
    Pledge,
    PledgeConsent,
    PledgeDrive,
    PledgeState,
    Purpose,
)
from ..paper_states import BatchState
from ..queries import Partner, get_lead, list_partners
from ..texts import lead_consent, pledge_consent, updates_consent

PLEDGE: Any = Pledge.__table__
CONSENT: Any = PledgeConsent.__table__
ON_PAPER = (Channel.PAPER, Channel.EVENT)
Values = dict[str, Any]


@dataclass(frozen=True)
class Signed:
    """One signature on paper: which words were signed, by whom, and when."""

    campaign_id: UUID
    drive_id: UUID
    wording_version: int
    channel: str
    name: str
    postcode: str
    email: str | None
    at: datetime

    @classmethod
    def of(cls, batch: PaperBatch, who: "PaperRow | Pledge", at: datetime) -> "Signed":
        """What a row of the batch, or the signature it has become, says."""
        assert who.name
        assert who.postcode
        sheet = (batch.campaign_id, batch.drive_id, batch.wording_version, batch.channel)
        return cls(*sheet, who.name, who.postcode, who.email, at)


def get_own_partner(actor: Actor, campaign_id: UUID) -> Partner:
    """The actor's organisation as public pages name it."""
    return next(p for p in list_partners(campaign_id) if p.id == actor.organisation_id)


def signature_of(batch: PaperBatch, row: PaperRow, signed_at: datetime, at: datetime) -> Values:
    """The collector's witnessed signature of one row, as values for a bulk insert.

    Who left an email address gets one mail, unless it went when the batch was accepted before.
    """
    signed, signing_id = Signed.of(batch, row, signed_at), row.signing_id or new_id()
    return _values(signed, signing_id, batch.organisation_id, at) | {
        "confirmation_due_at": at if signed.email and row.mail_sent_at is None else None,
        "confirmation_sent_at": row.mail_sent_at,
        "part": Part.COLLECTED,
        "state": PledgeState.WITNESSED,
        "unit_id": batch.unit_id,
        "witnessed_at": signed_at,
    }


def own_consents(short_name: str, row: PaperRow, values: Values) -> list[Values]:
    """What the sheet says that signing agrees to, and the organisation's box where it was ticked."""
    words = {Purpose.PLEDGE: pledge_consent(short_name)}
    if row.wants_updates and row.email:
        words[Purpose.UPDATES] = updates_consent(short_name)
    return [_consent(values, purpose, wording) for purpose, wording in words.items()]


def share_copies(actor: Actor, batch_id: UUID) -> int:
    """Bring the lead's copies to what the batch now says; returns how many changed. Runs twice without harm."""
    batch = db.session.scalars(select(PaperBatch).where(PaperBatch.id == batch_id)).one_or_none()
    if batch is None or batch.copies_due_at is None:
        return 0
    due = batch.copies_due_at
    drive = db.session.get_one(PledgeDrive, batch.drive_id)
    lead = get_lead(drive, list_partners(drive.campaign_id))
    changed = 0
    if lead.id != actor.organisation_id:
        rows = select(PaperRow).where(PaperRow.batch_id == batch.id, PaperRow.lead_may_keep)
        for row in db.session.scalars(rows).all():
            changed += _settle(batch, drive, lead, row)
    # A later acceptance or taking back asks anew.
    db.session.execute(
        update(PaperBatch)
        .where(PaperBatch.id == batch.id, PaperBatch.copies_due_at == due)
        .values(copies_due_at=None)
        .execution_options(synchronize_session=False)
    )
    return changed


def list_batches_to_share() -> list[UUID]:
    """The current organisation's batches whose copies are still to be brought up to date."""
    return list(
        db.session.scalars(select(PaperBatch.id).where(PaperBatch.copies_due_at.is_not(None)).limit(200))
    )


def witness_copies() -> int:
    """Let the copies that came to the current organisation from others' sheets stand as witnessed; returns how many."""
    changed: Any = db.session.execute(
        update(Pledge)
        .where(Pledge.part == Part.SHARED, Pledge.channel.in_(ON_PAPER), Pledge.state == PledgeState.PENDING)
        .values(state=PledgeState.WITNESSED, witnessed_at=Pledge.created_at)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)


def _settle(batch: PaperBatch, drive: PledgeDrive, lead: Partner, row: PaperRow) -> int:
    pledge = db.session.get(Pledge, (row.organisation_id, row.pledge_id)) if row.pledge_id else None
    stands = (
        batch.state == BatchState.ACCEPTED and pledge is not None and pledge.state == PledgeState.WITNESSED
    )
    wanted = pledge.signing_id if stands and pledge is not None else None
    had = row.copy_signing_id
    if wanted == had:
        return 0
    if had is not None:
        _erase_copy(had)
    if wanted is not None and pledge is not None and drive.status == DriveStatus.OPEN:
        assert pledge.witnessed_at
        _write_copy(Signed.of(batch, pledge, pledge.witnessed_at), lead, wanted)
        row.copy_signing_id = wanted
    else:
        row.copy_signing_id = None
    return 1


def _write_copy(signed: Signed, lead: Partner, signing_id: UUID) -> None:
    with use_context(Context(subject=signing_id)) as session:
        values = _values(signed, signing_id, lead.id, signed.at)
        values |= {"part": Part.SHARED, "state": PledgeState.PENDING}
        kept: Any = session.execute(insert(PLEDGE).values(values).on_conflict_do_nothing())
        if kept.rowcount:
            wording = lead_consent(lead.short_name)
            session.execute(insert(CONSENT).values(_consent(values, Purpose.UPDATES, wording)))
        session.commit()


def _erase_copy(signing_id: UUID) -> None:
    with use_context(Context(subject=signing_id)) as session:
        session.execute(
            update(PLEDGE)
            .where(
                PLEDGE.c.signing_id == signing_id,
                PLEDGE.c.part == Part.SHARED,
                PLEDGE.c.state.in_((PledgeState.PENDING, PledgeState.WITNESSED)),
            )
            .values(state=PledgeState.ERASED, ended_at=now())
        )
        session.commit()


def _values(signed: Signed, signing_id: UUID, holder_id: UUID, at: datetime) -> Values:
    pledge_id, folded, email = new_id(), canonical.folded(signed.name), signed.email
    session = db.session()
    return {
        "organisation_id": holder_id,
        "id": pledge_id,
        "campaign_id": signed.campaign_id,
        "drive_id": signed.drive_id,
        "signing_id": signing_id,
        "channel": signed.channel,
        "wording_version": signed.wording_version,
        "name": signed.name,
        "name_folded": folded,
        "name_by_last": canonical.by_last(folded),
        "email_cipher": seal_field(session, holder_id, "pledge", "email_cipher", pledge_id, email)
        if email
        else None,
        "email_key": blind_index(holder_id, "email", canonical_email(email)) if email else None,
        "postcode": signed.postcode,
        "constituency_code": find_seat_code(signed.postcode),
        **counting_keys(signed.drive_id, email, signed.name, signed.postcode).columns(),
        "confirmation_tries": 0,
        "created_at": at,
    }


def _consent(values: Values, purpose: Purpose, wording: str) -> Values:
    return {
        "organisation_id": values["organisation_id"],
        "id": new_id(),
        "pledge_id": values["id"],
        "signing_id": values["signing_id"],
        "channel": "email",
        "purpose": purpose,
        "wording": wording,
        "given_at": values.get("witnessed_at") or values["created_at"],
        "created_at": values["created_at"],
    }
