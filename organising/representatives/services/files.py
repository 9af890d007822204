"""Importing files as they were given, in the order in which they build on each other; the history of imports."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.representatives.central_bodies import central_bodies
from organising.representatives.models import ImportBatch
from organising.representatives.queries.imports import find_batch
from organising.representatives.readers import Records, SourceRecords, UnreadableFile, read_any
from organising.representatives.readers.office_records import OfficeRecords
from organising.representatives.services.registers import import_register
from organising.representatives.services.registry import import_records
from organising.representatives.services.results import ImportResult

COMMAND = "the import command"


@dataclass(frozen=True, eq=False)
class Source:
    """One file as it was given, by name and fingerprint, and what it says."""

    name: str
    sha256: str
    records: Records

    @classmethod
    def of(cls, name: str, content: bytes, records: Records) -> Source:
        """The source that ``content`` was read from."""
        return cls(name, hashlib.sha256(content).hexdigest(), records)


def in_order(sources: Iterable[Source]) -> list[Source]:
    """The order in which files build on each other, whatever the order they were named in."""
    return sorted(sources, key=lambda source: source.records.order)


def import_sources(
    actor: Actor | None, sources: Iterable[Source], *, as_of: date | None = None
) -> Iterator[tuple[Source, ImportResult | Invalid]]:
    """Import files in order, one at each step, and keep that they were; the caller commits.

    The bodies that the product brings along come first, since files refer to them. A file that can't be taken leaves
    nothing behind and comes with the reason. ``actor`` None: the command line. The session's context needs the
    purpose ``import``.
    """
    import_register(None, central_bodies(), as_of=as_of)
    for source in in_order(sources):
        try:
            with db.session.begin_nested():
                result = import_records(actor, _told(source, as_of), as_of=as_of)
                note_batch(actor, source, result)
        except Invalid as error:
            yield source, error
        else:
            yield source, result


def _told(source: Source, as_of: date | None) -> Records:
    """What the source says; a table of who sits now that was imported before, and whose day nobody says, is no news."""
    records = source.records
    if as_of is not None or find_batch(source.sha256) is None:
        return records
    if isinstance(records, SourceRecords):
        return replace(records, repeated=True)
    if isinstance(records, OfficeRecords) and records.sitting is not None:
        return replace(records, sitting=replace(records.sitting, repeated=True))
    return records


def note_batch(actor: Actor | None, source: Source, result: ImportResult) -> ImportBatch:
    """Keep what an import was and did."""
    batch = ImportBatch(
        source=result.source,
        file_name=source.name,
        sha256=source.sha256,
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


def read_given(content: bytes, name: str) -> Records:
    """Read bytes as a file. Raises UnreadableFile that names the file as its owner calls it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import"
        path.write_bytes(content)
        try:
            return read_any(path)
        except UnreadableFile as error:
            raise UnreadableFile(name or "file", error.place, error.reason) from None
