"""Keying: one row per signature on the sheet, kept once however often it is sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import LONDON
from ...platform.db import db
from ...platform.erasures import erased_on, keys_of_somebody
from ...platform.errors import Conflict, Invalid
from ...platform.sealing import blind_index, canonical_email
from ...representatives.names import fold
from ..keys import counting_keys
from ..models import PaperBatch, PaperRow, Rejection
from ..models.paper import MOST_CLAIMED
from ..queries.paper import get_row
from .paper_batches import count_rows_of, open_batch


@dataclass(frozen=True)
class RowGiven:
    """One line of the sheet, checked and normalised: a signature, or the reason why there is none.

    ``wants_updates`` and ``lead_may_keep`` are the boxes as ticked on paper. ``signed_at``: the device's time.
    """

    name: str | None = None
    postcode: str | None = None
    email: str | None = None
    wants_updates: bool = False
    lead_may_keep: bool = False
    rejection: Rejection | None = None
    signed_at: datetime | None = None


def key_row(actor: Actor, batch_id: UUID, given: RowGiven, client_id: UUID) -> PaperRow:
    """Add a row; the same ``client_id`` again answers the row there is. Raises :class:`Invalid`, :class:`Conflict`."""
    batch = open_batch(actor, batch_id).batch
    known = find_sent(client_id)
    if known is not None:
        if known.batch_id != batch.id:
            raise Conflict(_("This row was typed in with another batch already."))
        return known
    batch.move("key")
    return add_row(actor, batch, given, client_id)


def find_sent(client_id: UUID) -> PaperRow | None:
    """The own organisation's row that was sent with this id, or ``None``."""
    return db.session.scalars(select(PaperRow).where(PaperRow.client_id == client_id)).one_or_none()


def add_row(actor: Actor, batch: PaperBatch, given: RowGiven, client_id: UUID) -> PaperRow:
    """Add a row to a batch that is locked and open."""
    _refuse_erased(batch, given)
    last = count_rows_of(batch)
    if last >= MOST_CLAIMED:
        raise Invalid(_("A batch holds %(most)d rows at most. Begin another one.", most=MOST_CLAIMED))
    row = PaperRow(
        batch_id=batch.id,
        drive_id=batch.drive_id,
        number=last + 1,
        client_id=client_id,
        keyed_by=actor.user_id,
    )
    db.session.add(row)
    _write(row, given)
    db.session.flush()
    return row


def _refuse_erased(batch: PaperBatch, given: RowGiven) -> None:
    """A sheet that was signed before somebody was erased does not bring them back. Raises :class:`Invalid`."""
    if given.rejection is not None:
        return
    holder = batch.organisation_id
    found = {blind_index(holder, "email", canonical_email(given.email))} if given.email else set()
    name = fold(given.name or "") or given.name or ""
    keys = keys_of_somebody(holder, found, name, [given.postcode] if given.postcode else [])
    erased = erased_on(holder, keys)
    if erased and max(erased.values()).astimezone(LONDON).date() >= batch.held_on:
        raise Invalid(
            _("This person asked to be erased after they signed this sheet. Count the line as crossed out.")
        )


def change_row(actor: Actor, batch_id: UUID, row_id: UUID, given: RowGiven) -> PaperRow:
    """Put a row right. Raises :class:`NotFound`, :class:`Invalid`, :class:`Conflict`."""
    batch = open_batch(actor, batch_id).batch
    row = get_row(batch.id, row_id)
    _refuse_erased(batch, given)
    _write(row, given)
    assert actor.user_id is not None
    row.keyed_by = actor.user_id
    record(actor, "paper_row.changed", "paper_batch", batch.id, row=row.number)
    return row


def remove_row(actor: Actor, batch_id: UUID, row_id: UUID) -> int:
    """Take a row out; answers its number. Raises :class:`NotFound`, :class:`Conflict`."""
    batch = open_batch(actor, batch_id).batch
    row = get_row(batch.id, row_id)
    number = row.number
    db.session.delete(row)
    record(actor, "paper_row.removed", "paper_batch", batch.id, row=number)
    return number


def _write(row: PaperRow, given: RowGiven) -> None:
    if row.mail_sent_at and canonical_email(row.email or "") != canonical_email(given.email or ""):
        # The mail went to somebody else's address: its link must not open what is signed with this one.
        row.mail_sent_at = row.signing_id = None
    row.rejection, row.sample_place, row.verdict, row.verdict_by = given.rejection, None, None, None
    row.signed_at = given.signed_at
    if given.rejection is not None:
        # A line that does not count is nobody's signature: no name is kept for it.
        row.name = row.postcode = row.email = row.witness_key = None
        row.wants_updates = row.lead_may_keep = False
        return
    assert given.name
    assert given.postcode
    row.name, row.postcode, row.email = given.name, given.postcode, given.email
    row.wants_updates, row.lead_may_keep = given.wants_updates, given.lead_may_keep
    row.witness_key = counting_keys(row.drive_id, given.email, given.name, given.postcode).witness_key
