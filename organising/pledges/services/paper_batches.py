"""Batches of paper signatures: begun, described, sent in, called back and thrown away by those who key them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now, today
from ...platform.db import db, find
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.permissions import Permission
from ...safeguards.storage import check_keeps_people
from ..models import Channel, DriveStatus, PaperBatch, PaperRow, PledgeDrive
from ..paper_states import OPEN, TRANSITIONS, BatchState, Who, may
from ..queries import list_wordings
from ..queries.paper import BatchRecord, get_batch, list_scans

FIRST_DAY_YEARS = 3


@dataclass(frozen=True)
class BatchDetails:
    """What stands on the cover of a stack of sheets. ``label``: the event in a few words."""

    label: str
    held_on: date
    claimed: int
    wording_version: int
    unit_id: UUID | None = None
    action_id: UUID | None = None


def begin_batch(
    actor: Actor, drive: PledgeDrive, details: BatchDetails, client_id: UUID, channel: str = Channel.PAPER
) -> PaperBatch:
    """Begin a batch; the same ``client_id`` again answers the same batch. An officer's is their own unit's.

    Raises :class:`Invalid`, and :class:`Conflict` for a drive that never opened or is archived.
    """
    actor.check(Permission.PAPER_KEY)
    check_keeps_people(actor)
    known = db.session.scalars(select(PaperBatch).where(PaperBatch.client_id == client_id)).one_or_none()
    if known is not None:
        return get_batch(actor, known.id).batch
    check_drive(drive)
    unit_id = actor.unit_id or details.unit_id
    _check(drive, details, unit_id)
    batch = PaperBatch(
        campaign_id=drive.campaign_id,
        drive_id=drive.id,
        client_id=client_id,
        unit_id=unit_id,
        action_id=details.action_id,
        channel=channel,
        wording_version=details.wording_version,
        label=details.label,
        held_on=details.held_on,
        claimed=details.claimed,
        state=BatchState.CAPTURED,
        created_by=actor.user_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(batch)
            db.session.flush()
    except IntegrityError:
        raise Invalid(_("That action is none of your organisation’s.")) from None
    record(actor, "paper_batch.begun", "paper_batch", batch.id, claimed=batch.claimed, channel=channel)
    return batch


def change_batch(actor: Actor, batch_id: UUID, details: BatchDetails) -> PaperBatch:
    """Put right what the cover says, while the batch is open. Raises :class:`Invalid`, :class:`Conflict`."""
    batch = open_batch(actor, batch_id).batch
    drive = db.session.get_one(PledgeDrive, batch.drive_id)
    unit_id = actor.unit_id or details.unit_id
    _check(drive, details, unit_id)
    batch.label, batch.held_on, batch.claimed = details.label, details.held_on, details.claimed
    batch.wording_version, batch.unit_id = details.wording_version, unit_id
    record(actor, "paper_batch.changed", "paper_batch", batch.id, claimed=batch.claimed)
    return batch


def submit_batch(actor: Actor, batch_id: UUID) -> bool:
    """Send a batch in to be checked; returns whether that changed anything.

    Raises :class:`Invalid`, in a sentence, unless claimed = keyed + rejected and there is a sheet to compare with.
    """
    taken = take_batch(actor, batch_id, "submit")
    batch = taken.batch
    if batch.state == BatchState.SUBMITTED:
        return False
    if taken.missing:
        raise Invalid(sum_words(taken), claimed=sum_words(taken))
    if batch.channel == Channel.PAPER and not list_scans(batch.id):
        words = _("Add a photograph of the sheet first. Whoever checks the batch compares the rows with it.")
        raise Invalid(words, scans=words)
    if not batch.move("submit"):
        return False
    batch.submitted_by, batch.submitted_at, batch.return_reason = actor.user_id, now(), None
    counts: dict[str, Any] = {
        "claimed": batch.claimed,
        "keyed": taken.counts.keyed,
        "rejected": taken.counts.rejected,
    }
    record(actor, "paper_batch.submitted", "paper_batch", batch.id, **counts)
    return True


def call_back_batch(actor: Actor, batch_id: UUID) -> bool:
    """Take a batch back that nobody has begun to check; returns whether that changed anything."""
    batch = take_batch(actor, batch_id, "call_back").batch
    changed = batch.move("call_back")
    if changed:
        record(actor, "paper_batch.called_back", "paper_batch", batch.id)
    return changed


def discard_batch(actor: Actor, batch_id: UUID, named: str) -> str:
    """Throw an open batch away with its rows and photographs, once its label was typed; answers the label."""
    batch = open_batch(actor, batch_id).batch
    if " ".join(named.split()).casefold() != batch.label.casefold():
        words = _("Type “%(label)s” to throw this batch away.", label=batch.label)
        raise Invalid(words, named=words)
    record(actor, "paper_batch.discarded", "paper_batch", batch.id, claimed=batch.claimed)
    label = batch.label
    db.session.delete(batch)
    return label


def sum_words(record_: BatchRecord) -> str:
    """Claimed = keyed + rejected, in a sentence that says what is missing or too much."""
    counts, claimed, missing = record_.counts, record_.batch.claimed, record_.missing
    sum_: str = _(
        "The sheet has %(claimed)d signatures; %(keyed)d are typed in and %(rejected)d rejected.",
        claimed=claimed, keyed=counts.keyed, rejected=counts.rejected,
    )  # fmt: skip
    if missing > 0:
        rest = ngettext(
            "%(num)d is missing: type it in, or reject it with a reason.",
            "%(num)d are missing: type them in, or reject them with a reason.",
            missing,
        )
    elif missing < 0:
        rest = ngettext(
            "That is %(num)d too many: remove a row, or correct the number on the sheet.",
            "That is %(num)d too many: remove rows, or correct the number on the sheet.",
            -missing,
        )
    else:
        rest = ""
    return f"{sum_} {rest}".strip()


def take_batch(actor: Actor, batch_id: UUID, verb: str) -> BatchRecord:
    """Lock a batch for one step. Raises :class:`NotFound`, and :class:`Forbidden` where another must take it."""
    taken = get_batch(actor, batch_id, lock=True)
    if may(actor, verb, taken.standing):
        return taken
    if (
        TRANSITIONS[verb].who is Who.CHECKER
        and taken.standing.is_author
        and actor.can(Permission.PAPER_CHECK)
    ):
        raise Forbidden(_("You worked on this batch, so someone else has to check it."))
    raise Forbidden(_("Your role in this organisation does not allow this."))


def open_batch(actor: Actor, batch_id: UUID) -> BatchRecord:
    """Lock a batch whose rows may still be changed. Raises :class:`Conflict` for one that was sent in."""
    actor.check(Permission.PAPER_KEY)
    taken = get_batch(actor, batch_id, lock=True)
    if taken.batch.state not in OPEN:
        raise Conflict(_("This batch has been sent in. Call it back before you change it."))
    return taken


def check_drive(drive: PledgeDrive) -> None:
    """Raise :class:`Conflict` unless people could have signed this drive."""
    if drive.status not in (DriveStatus.OPEN, DriveStatus.CLOSED):
        raise Conflict(_("This pledge takes no signatures on paper: it was never opened, or it is archived."))


def _check(drive: PledgeDrive, details: BatchDetails, unit_id: UUID | None) -> None:
    day = today()
    if details.held_on > day:
        raise Invalid("", held_on=_("That day is still to come."))
    if details.held_on.year < day.year - FIRST_DAY_YEARS:
        raise Invalid("", held_on=_("That is too long ago."))
    if unit_id is not None and find(Unit, unit_id) is None:
        raise Invalid("", unit=_("Choose a branch or group from the list."))
    if details.wording_version not in {wording.version for wording in list_wordings(drive)}:
        raise Invalid("", wording_version=_("Choose the version that is printed on the sheet."))


def count_rows_of(batch: PaperBatch) -> int:
    """The number of the last row of a batch; 0 where there is none."""
    numbers = select(PaperRow.number).where(PaperRow.batch_id == batch.id)
    return db.session.scalar(numbers.order_by(PaperRow.number.desc()).limit(1)) or 0
