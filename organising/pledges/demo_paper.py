"""Demo: a sheet from a stall that an officer has keyed and sent in, and that waits for somebody else to check it."""

import io
from datetime import timedelta
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.clock import today
from ..platform.db import db, new_id
from ..platform.tenancy import Context, use_context
from .models import PaperBatch, PledgeDrive, Rejection
from .services.paper_batches import BatchDetails, begin_batch, submit_batch
from .services.paper_rows import RowGiven, key_row
from .services.paper_scans import add_scan

LABEL = "Stall at the Northmoor spring fair"
NOTE = "Invented for the demo. No real sheet, and nobody real on it."
ROWS = (
    RowGiven("Wren Makebelieve", "ZA1 0AA"),
    RowGiven("Idris Samplewell", "ZA2 0AA", "idris.samplewell@example.org", wants_updates=True),
    RowGiven("Éloïse Neverwas", "ZA3 0AA", "eloise.neverwas@example.org"),
    RowGiven("Kofi Papercut", "ZA1 0AA"),
    RowGiven(rejection=Rejection.UNREADABLE),
)


def seed(officer: Actor, drive_id: UUID) -> None:
    """Write it in a session of its own, and commit. Does nothing where the organisation has a batch already."""
    context = Context(organisation_id=officer.organisation_id, user_id=officer.user_id)
    with use_context(context) as session:
        if session.scalar(select(PaperBatch.id).limit(1)) is not None:
            return
        drive = session.get_one(PledgeDrive, drive_id)
        details = BatchDetails(LABEL, today() - timedelta(days=3), len(ROWS), drive.wording_version)
        batch_id = begin_batch(officer, drive, details, new_id()).id
        add_scan(officer, batch_id, _sheet())
        for given in ROWS:
            key_row(officer, batch_id, given, new_id())
        submit_batch(officer, batch_id)
        db.session.commit()


def _sheet() -> bytes:
    """What the checker compares the rows with: the same lines, plainly drawn."""
    page = Image.new("RGB", (1200, 640), "#fbf8f1")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(30)
    pen.text((60, 40), NOTE, fill="#a3391f", font=font)
    for place, row in enumerate(ROWS):
        at = 130 + 90 * place
        words = "   ".join(part for part in (row.name, row.postcode, row.email) if part) or "~ ~~ ~~~ ~~"
        pen.text((60, at), f"{place + 1}.  {words}", fill="#1d1916", font=font)
        pen.line((60, at + 56, 1140, at + 56), fill="#8a8177", width=2)
    made = io.BytesIO()
    page.save(made, "PNG")
    return made.getvalue()
