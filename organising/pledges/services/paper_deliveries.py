"""What a stall's device delivers: each signature is taken exactly once, into a batch that is then checked like paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from flask_babel import gettext as _
from sqlalchemy import func, select

from ...platform.actor import Actor
from ...platform.clock import LONDON, now
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ..models import Channel, PaperBatch, PaperRow, PledgeDrive
from ..models.paper import MOST_CLAIMED
from ..paper_states import OPEN
from ..queries import list_wordings
from .paper_batches import BatchDetails, begin_batch, count_rows_of
from .paper_rows import RowGiven, add_row, find_sent

MOST_AT_ONCE = 50
# A device's clock may be wrong: what it says is kept within reason.
LONGEST_AGO = timedelta(days=60)


@dataclass(frozen=True)
class StallSignature:
    """One signature as the device kept it. ``client_id`` was made there, so that it is known when it comes again."""

    client_id: UUID
    given: RowGiven
    wording_version: int


@dataclass(frozen=True)
class Receipt:
    """What became of one signature: taken (also if it had been before), or the reason why not."""

    client_id: UUID
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        return not self.reason


def take_delivery(
    actor: Actor, drive: PledgeDrive, stall_id: UUID, label: str, signatures: Sequence[StallSignature]
) -> tuple[list[Receipt], PaperBatch | None]:
    """Take what a stall's device sends; the same again answers the same. Returns a receipt each, and the last batch."""
    actor.check(Permission.PAPER_KEY)
    # A second request of the same device waits for the first, and sees what it took.
    take_turns("stall", actor.organisation_id, stall_id)
    versions = {wording.version for wording in list_wordings(drive)}
    receipts, batch = [], None
    for one in signatures:
        known = find_sent(one.client_id)
        if known is not None:
            receipts.append(Receipt(one.client_id))
        elif one.wording_version not in versions:
            receipts.append(Receipt(one.client_id, _("This version of the wording is not known.")))
        else:
            batch = _open_batch(actor, drive, stall_id, label, one)
            add_row(actor, batch, one.given, one.client_id)
            batch.claimed = max(_count(batch), 1)
            batch.move("key")
            receipts.append(Receipt(one.client_id))
    return receipts, batch


def signed_at(text: object) -> datetime:
    """The device's time of signing, kept within reason."""
    latest = now()
    try:
        said = datetime.fromisoformat(str(text))
    except ValueError:
        return latest
    if said.tzinfo is None:
        return latest
    return min(max(said, latest - LONGEST_AGO), latest)


def _open_batch(
    actor: Actor, drive: PledgeDrive, stall_id: UUID, label: str, one: StallSignature
) -> PaperBatch:
    """The stall's batch for this wording; another one where it has been sent in already, or is full."""
    for number in range(1000):
        client_id = uuid5(stall_id, f"{drive.id}/{one.wording_version}/{number}")
        found = db.session.scalars(
            select(PaperBatch).where(PaperBatch.client_id == client_id).with_for_update()
        ).one_or_none()
        if found is None:
            at = one.given.signed_at or now()
            details = BatchDetails(
                label=label or _("Stall"),
                held_on=at.astimezone(LONDON).date(),
                claimed=1,
                wording_version=one.wording_version,
            )
            return begin_batch(actor, drive, details, client_id, Channel.EVENT)
        if found.state in OPEN and count_rows_of(found) < MOST_CLAIMED:
            return found
    raise Conflict(_("This stall has sent in too many batches. Begin a new one on the device."))


def _count(batch: PaperBatch) -> int:
    rows = select(func.count()).select_from(PaperRow).where(PaperRow.batch_id == batch.id)
    return db.session.scalar(rows) or 0
