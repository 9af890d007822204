"""Photographs and files of sheets: made anew, kept in the storage under keys of their own, and gone some time after acceptance."""

import hashlib
from datetime import date, timedelta
from typing import Any, NoReturn
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from ...files.doors import Door, open_door
from ...files.kinds import FileKind
from ...files.services import check_file, keep_clean
from ...files.services.carrying import Carried, open_either, register_carried
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.errors import Forbidden, Invalid
from ..models import PaperBatch, PaperScan
from ..paper_states import BatchState
from ..queries.paper import get_batch, get_scan, list_scans
from ..texts import SCAN_DAYS as SCAN_DAYS
from .paper_batches import open_batch

SCANS = open_door(
    Door(
        "scan",
        "scans",
        kinds=frozenset({FileKind.JPEG, FileKind.PDF}),
        otherwise=_l(
            "Only photographs (JPEG, PNG, WebP) and PDF files, and this is none of them by its content."
        ),
        is_governed=True,
    )
)
MOST_SCANS = 20


def add_scan(actor: Actor, batch_id: UUID, content: bytes) -> PaperScan:
    """Add a photograph or file; the same one again is one. Raises :class:`Invalid` with ``scans`` saying why not."""
    batch = open_batch(actor, batch_id).batch
    known = list_scans(batch.id)
    if len(known) >= MOST_SCANS:
        _refuse(_("A batch has %(most)d photographs at most. Begin another one.", most=MOST_SCANS))
    clean = check_file(SCANS, content)
    digest = hashlib.sha256(clean.content).digest()
    for one in known:
        if one.digest == digest:
            return one
    number = max((one.number for one in known), default=0) + 1
    scan = PaperScan(
        id=new_id(),
        batch_id=batch.id,
        number=number,
        kind=clean.kind,
        digest=digest,
        size=len(clean.content),
        file_id=keep_clean(actor, clean, f"Sheet {number}", door=SCANS).id,
    )
    db.session.add(scan)
    db.session.flush()
    record(actor, "paper_scan.added", "paper_batch", batch.id, number=scan.number, bytes=scan.size)
    return scan


def remove_scan(actor: Actor, batch_id: UUID, number: int) -> None:
    """Take a photograph out of an open batch. Raises :class:`NotFound`, :class:`Conflict`."""
    batch = open_batch(actor, batch_id).batch
    db.session.delete(get_scan(batch.id, number))
    record(actor, "paper_scan.removed", "paper_batch", batch.id, number=number)


def open_scan(actor: Actor, batch_id: UUID, number: int) -> tuple[str, bytes]:
    """The media type and the content, for those who may read the rows. Raises :class:`NotFound`, :class:`Forbidden`."""
    found = get_batch(actor, batch_id)
    if not found.reads_rows:
        raise Forbidden(_("This batch is accepted. Its photographs are for your organisation’s staff now."))
    scan = get_scan(found.batch.id, number)
    return scan.kind, open_either(scan)


register_carried(Carried(PaperScan, SCANS, lambda one: f"Sheet {one.number}"))


def delete_old_scans(at: date) -> int:
    """Delete the current organisation's photographs whose date has come; returns of how many batches."""
    due = select(PaperBatch).where(
        PaperBatch.state == BatchState.ACCEPTED,
        PaperBatch.scans_delete_on <= at,
        PaperBatch.scans_deleted_at.is_(None),
    )
    batches = db.session.scalars(due.with_for_update()).all()
    for batch in batches:
        gone: Any = db.session.execute(
            delete(PaperScan)
            .where(PaperScan.batch_id == batch.id)
            .execution_options(synchronize_session=False)
        )
        batch.scans_deleted_at = now()
        actor = Actor.system(batch.organisation_id)
        record(actor, "paper_scan.deleted", "paper_batch", batch.id, count=int(gone.rowcount))
    return len(batches)


def delete_on(accepted_on: date) -> date:
    """The day on which the photographs of a batch go."""
    return accepted_on + timedelta(days=SCAN_DAYS)


def _refuse(words: str) -> NoReturn:
    raise Invalid(_("The file was not added."), scans=words)
