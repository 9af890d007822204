"""Reading a file that was given, and looking at every row of it before anything is written. For the job, step by step."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, update

from ...platform.actor import Actor
from ...platform.bulk import insert_rows
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.sealing import blind_index, open_bytes, seal_field
from ...platform.sheets import Sheet, UnreadableSheet, read_sheet
from ...representatives.names import fold
from ..mapping import guess
from ..models import ContactImport, ImportFinding, ImportPiece, ImportState, RowDeed
from ..queries.imports import find_meanings, find_piece
from .judging import Earlier, Judge, Judged
from .pieces import keep_pieces, keep_seen, open_rows, recall_seen
from .refused import ADDED_HEADERS

SEALED = ("contact_import", "content_cipher")
MOST_ATTEMPTS = 8


def begin_reading(kept: ContactImport) -> None:
    """Count an attempt at reading a file, to be committed before it: one that ends its reader is given up.

    ``done`` counts the attempts meanwhile.
    """
    kept.done += 1
    if kept.done > MOST_ATTEMPTS:
        refuse(kept, _("This file could not be read. Save it as “CSV UTF-8”, then choose that file."))
    db.session.flush()


def read_step(kept: ContactImport) -> bool:
    """Read a file into pieces, or note why it can't be read; answers whether there is more to do."""
    try:
        take_in(kept, read_sheet(open_content(kept)))
    except UnreadableSheet as error:
        refuse(kept, str(error))
        return False
    return True


def open_content(kept: ContactImport) -> bytes:
    """The file as it was given."""
    assert kept.content_cipher is not None
    return open_bytes(db.session(), kept.organisation_id, *SEALED, kept.id, kept.content_cipher)


def take_in(kept: ContactImport, sheet: Sheet) -> None:
    """Keep a table's rows, with its columns guessed or as they were the last time."""
    headers = [fold(one) for one in sheet.headers if one not in ADDED_HEADERS]
    kept.headers_key = blind_index(kept.organisation_id, "import headers", "\n".join(headers))
    remembered = find_meanings(kept.headers_key)
    guessed = {str(place): str(column) for place, column in guess(sheet.headers).items()}
    kept.meanings = guessed if remembered is None else remembered
    kept.headers_json = json.dumps(sheet.headers)
    if sheet.name:
        kept.file_name = _("%(file)s, sheet “%(name)s”", file=kept.file_name, name=sheet.name)
    kept.rows, kept.content_cipher = len(sheet.rows), None
    db.session.flush()
    keep_pieces(kept, sheet.rows)
    look_again(kept)


def refuse(kept: ContactImport, reason: str) -> None:
    """Note why a file can't be read; it is no longer kept."""
    kept.state, kept.reason, kept.content_cipher, kept.changed_at = (
        ImportState.REFUSED,
        reason,
        None,
        now(),
    )
    db.session.flush()


def look_again(kept: ContactImport) -> None:
    """Have every row looked at, from the first."""
    kept.begin(ImportState.CHECKING, now())
    kept.added = kept.updated = kept.skipped = kept.wrong = 0
    db.session.flush()
    db.session.execute(delete(ImportFinding).where(ImportFinding.import_id == kept.id))
    forget = update(ImportPiece).where(ImportPiece.import_id == kept.id).values(seen_cipher=None)
    db.session.execute(forget.execution_options(synchronize_session=False))


class Looking:
    """Looks at one file's rows for as long as a worker has time; whoever goes on recalls the earlier ones."""

    def __init__(self) -> None:
        self._earlier: Earlier | None = None
        self._version = 0

    def step(self, system: Actor, kept: ContactImport) -> bool:
        """Look at the next rows; answers whether there are more."""
        began = time.monotonic()
        actor = replace(system, user_id=kept.user_id, display_name=kept.author_label)
        piece = find_piece(kept.id, kept.done)
        if piece is not None:
            judge = Judge(actor, kept)
            if self._earlier is None or self._version != kept.version:
                # Somebody may have said meanwhile that the columns are others.
                self._earlier, self._version = recall_seen(judge, kept.done), kept.version
            self._look(judge, piece, self._earlier)
            kept.pace = piece.rows / max(time.monotonic() - began, 0.001)
            kept.done += piece.rows
        if kept.done < kept.rows:
            return True
        kept.state, kept.changed_at, kept.pace = ImportState.CHECKED, now(), None
        db.session.flush()
        return False

    def _look(self, judge: Judge, piece: ImportPiece, earlier: Earlier) -> None:
        taken = set(earlier.taken)
        judged = judge.judge(open_rows(piece), earlier)
        keep_findings(judge.kept, judged)
        judge.kept.count_as(one.deed for one in judged)
        seen = [(one.row.number, one.traits) for one in judged if one.traits is not None]
        keep_seen(piece, seen, {key: value for key, value in earlier.taken.items() if key not in taken})
        db.session.flush()


def keep_findings(kept: ContactImport, judged: Iterable[Judged]) -> None:
    """Note the rows that are not simply added, for the page and for the file of refused rows."""
    found: Sequence[Judged] = [one for one in judged if one.deed is not RowDeed.ADDED]
    rows = []
    for one in found:
        key = new_id()
        said = {"name": one.made.draft.name, "reasons": one.reasons}
        if one.deed is RowDeed.WRONG:
            said["cells"] = one.row.cells
        rows.append((key, one.row.number, str(one.deed), one.known, one.same_as, _sealed(kept, key, said)))
    insert_rows(
        db.session(),
        ImportFinding.__table__,
        ("id", "number", "deed", "contact_id", "same_as", "faults_cipher"),
        rows,
        same={"organisation_id": kept.organisation_id, "import_id": kept.id},
        conflict="ON CONFLICT (organisation_id, import_id, number) DO UPDATE SET id = excluded.id, deed = excluded.deed, "
        "contact_id = excluded.contact_id, same_as = excluded.same_as, faults_cipher = excluded.faults_cipher",
    )


def _sealed(kept: ContactImport, key: UUID, said: object) -> bytes:
    words = json.dumps(said, ensure_ascii=False)
    return seal_field(db.session(), kept.organisation_id, "import_finding", "faults_cipher", key, words)
