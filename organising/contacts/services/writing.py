"""Writing a file that was looked at, piece by piece; a killed worker's next one goes on after the last that was committed."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.bulk import insert_rows
from ...platform.clock import LONDON, now, today
from ...platform.db import db, new_id
from ...platform.sealing import seal_field
from ...representatives.names import fold
from ..models import (
    ConsentDecision,
    ConsentSource,
    ContactConsent,
    ContactImport,
    ContactNote,
    ImportedRow,
    ImportPiece,
    ImportState,
    RowDeed,
)
from ..queries.imports import find_piece, list_rows_of
from .batches import Batch, table_of
from .checking import keep_findings
from .drafts import ContactDraft
from .judging import Earlier, Judge, Judged
from .keeping import COMPARED
from .pieces import open_rows
from .snapshots import raw_rows, written


class Written(Earlier):
    """Earlier rows of a file that is being written: those of other pieces are contacts by now."""

    def __init__(self, import_id: UUID) -> None:
        super().__init__()
        self._import_id = import_id

    def recall(self, contact_ids: Collection[UUID]) -> None:
        """As they were written."""
        for row in list_rows_of(self._import_id, contact_ids) if contact_ids else ():
            assert row.contact_id is not None
            its = self.added if row.deed == RowDeed.ADDED else self.taken
            its.setdefault(row.contact_id, row.number)


def write_step(system: Actor, kept: ContactImport) -> bool:
    """Write the next rows; answers whether there are more. For the job, in the organisation's own context."""
    began = time.monotonic()
    actor = replace(system, user_id=kept.user_id, display_name=kept.author_label)
    piece = find_piece(kept.id, kept.done)
    if piece is not None:
        judge = Judge(actor, kept, writing=True)
        judged = judge.judge(open_rows(piece), Written(kept.id))
        _write(kept, judged)
        kept.count_as(one.deed for one in judged)
        kept.done += piece.rows
        # What is written need not be kept twice.
        db.session.execute(delete(ImportPiece).where(ImportPiece.id == piece.id))
        kept.pace = piece.rows / max(time.monotonic() - began, 0.001)
    if piece is not None and kept.done < kept.rows:
        db.session.flush()
        return True
    kept.state, kept.changed_at, kept.pace = ImportState.DONE, now(), None
    record(
        actor, "contacts.imported", "contact_import", kept.id, rows=kept.rows, added=kept.added, updated=kept.updated
    )  # fmt: skip
    db.session.flush()
    return False


def _write(kept: ContactImport, judged: Sequence[Judged]) -> None:
    batch = Batch(kept.organisation_id)
    fresh = [(new_id(), one) for one in judged if one.deed is RowDeed.ADDED]
    changed = [one for one in judged if one.deed is RowDeed.UPDATED]
    batch.added = [(key, one.made.draft) for key, one in fresh]
    batch.changed = [(one.contact, one.draft) for one in changed if one.contact and one.draft]
    names = batch.take_tags()
    before = raw_rows([contact.id for contact, _draft in batch.changed])
    batch.write()
    kept.made_tags = [*kept.made_tags, *map(str, batch.made_tags)]
    _keep_notes(kept, fresh)
    if kept.agreed and kept.agreed_on:
        _keep_consents(kept, [key for key, _one in fresh])
    _keep_rows(kept, fresh, judged)
    _keep_changes(kept, changed, before, names)
    keep_findings(kept, [one for one in judged if one.deed is RowDeed.WRONG])


def _keep_rows(kept: ContactImport, fresh: Sequence[tuple[UUID, Judged]], judged: Sequence[Judged]) -> None:
    """Which rows are whom; of a row with faults the finding is enough."""
    rows = [(one.row.number, str(one.deed), key) for key, one in fresh]
    rows += [
        (one.row.number, str(one.deed), one.known) for one in judged if one.deed is RowDeed.SKIPPED and one.known
    ]  # fmt: skip
    same = {"organisation_id": kept.organisation_id, "import_id": kept.id, "stays": False}
    columns = ("number", "deed", "contact_id")
    insert_rows(db.session(), table_of(ImportedRow), columns, rows, same=same)


def _keep_changes(
    kept: ContactImport, changed: Sequence[Judged], before: Mapping[UUID, Any], names: Mapping[str, str]
) -> None:
    """What undoing a change needs: the values before and after, and the very rows that there were."""
    rows = []
    for one in changed:
        assert one.known is not None
        assert one.draft is not None
        key, after = new_id(), _after(one.draft, names)
        snapshot = written({"before": one.before, "after": after, "rows": before[one.known]})
        cipher = seal_field(
            db.session(), kept.organisation_id, "imported_row", "before_cipher", key, snapshot
        )
        rows.append((key, one.row.number, one.known, cipher))
    same = {
        "organisation_id": kept.organisation_id,
        "import_id": kept.id,
        "deed": "updated",
        "stays": False,
    }
    columns = ("id", "number", "contact_id", "before_cipher")
    insert_rows(db.session(), table_of(ImportedRow), columns, rows, same=same)


def _after(draft: ContactDraft, names: Mapping[str, str]) -> dict[str, Any]:
    """The values as they are kept now: with tags as they are called here."""
    tags = {names[fold(name) or name.casefold()] for name in draft.tags}
    return {name: getattr(draft, name) for name in COMPARED} | {"tags": tuple(sorted(tags, key=str.casefold))}


def _keep_notes(kept: ContactImport, fresh: Sequence[tuple[UUID, Judged]]) -> None:
    rows = []
    for contact_id, one in fresh:
        for body in one.made.notes:
            key = new_id()
            cipher = seal_field(db.session(), kept.organisation_id, "contact_note", "body_cipher", key, body)
            rows.append((key, contact_id, new_id(), cipher))
    same = {
        "organisation_id": kept.organisation_id,
        "author_user_id": kept.user_id,
        "author_label": kept.author_label,
    }
    columns = ("id", "contact_id", "submission_key", "body_cipher")
    insert_rows(db.session(), table_of(ContactNote), columns, rows, same=same)


def _keep_consents(kept: ContactImport, contact_ids: Sequence[UUID]) -> None:
    """What was asked once for the whole file, of each who is added, in the words that stood when it was told."""
    purpose, channel = (kept.agreed or "").split(".")
    evidence, rows = kept.evidence, []
    for contact_id in contact_ids:
        key = new_id()
        cipher = (
            seal_field(
                db.session(), kept.organisation_id, "contact_consent", "evidence_cipher", key, evidence
            )
            if evidence
            else None
        )
        rows.append((key, contact_id, new_id(), cipher))
    same = {
        "organisation_id": kept.organisation_id,
        "purpose": purpose,
        "channel": channel,
        "decision": str(ConsentDecision.GIVEN),
        "wording_id": kept.wording_id,
        "decided_at": now() if kept.agreed_on == today() else _noon(kept.agreed_on),
        "source": str(ConsentSource.IMPORT),
        "recorded_by": kept.user_id,
        "author_label": kept.author_label,
    }
    columns = ("id", "contact_id", "submission_key", "evidence_cipher")
    insert_rows(db.session(), table_of(ContactConsent), columns, rows, same=same)


def _noon(day: date | None) -> datetime:
    assert day is not None
    return datetime.combine(day, clock_time(12), LONDON)
