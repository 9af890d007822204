"""Importing one file as it was given: looked at first, applied after, and kept in the history of imports."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.representatives.models import ImportBatch
from organising.representatives.readers import Records, read_any
from organising.representatives.readers.sources import UnreadableFile
from organising.representatives.services.registry import import_records
from organising.representatives.services.results import ImportResult

COMMAND = "the import command"


def preview_import(
    actor: Actor, source: Path | bytes, *, name: str = "", as_of: date | None = None
) -> ImportResult:
    """What an import of this file would do; nothing is written. ``name`` is the file's, where ``source`` is bytes.

    The session's context needs the purpose ``import``. Raises Forbidden, UnreadableFile, Invalid.
    """
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    return import_records(actor, read_given(source, name), as_of=as_of, dry_run=True)


def apply_import(
    actor: Actor, source: Path | bytes, *, name: str = "", as_of: date | None = None
) -> ImportResult:
    """Import this file and keep that it was; the caller commits. As :func:`preview_import` for the rest."""
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    result = import_records(actor, read_given(source, name), as_of=as_of)
    content = source if isinstance(source, bytes) else source.read_bytes()
    note_batch(actor, name or getattr(source, "name", ""), content, result)
    return result


def note_batch(actor: Actor | None, name: str, content: bytes, result: ImportResult) -> ImportBatch:
    """Keep what an import was and did. ``actor`` None: the command line."""
    batch = ImportBatch(
        source=result.source,
        file_name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        as_of=result.as_of,
        by_label=actor.display_name if actor else COMMAND,
        counts={what: dict(numbers) for what, numbers in result.counts.items()},
        rejected=len(result.rejected),
        questions=len(result.questions),
        applied=not result.dry_run,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def read_given(source: Path | bytes, name: str) -> Records:
    """Read a file, or bytes as one. Raises UnreadableFile that names the file as its owner calls it."""
    if isinstance(source, Path):
        return read_any(source)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import"
        path.write_bytes(source)
        try:
            return read_any(path)
        except UnreadableFile as error:
            raise UnreadableFile(name or "file", error.place, error.reason) from None
