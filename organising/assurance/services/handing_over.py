"""All that is an organisation's own as one archive: every row of every table that is its, opened, as JSON and as CSV."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, Table, select

from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db
from ...platform.ownership import Base, Ownership
from ...platform.sealing import open_bytes
from ...platform.spreadsheet import lines

OF_ITS_OWN = (Ownership.OWNED, Ownership.LENT, Ownership.SHARED)
LEFT_OUT = {
    "organisation_key": "the key itself, wrapped; everything that it closes is in here, opened",
    "audit_seal": "hashes of the audit log; “organising audit verify” checks them here",
    "search_token": "made of the names in contact",
    "letter": "letters belong to their writers; staff of the organisation never read them",
    "mail_server": "holds a password of yours; you know it",
}
BATCH = 500


@dataclass
class Handed:
    """What an archive holds: rows by table, and how many values no key opened any more."""

    tables: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    digest: str = ""

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def write_archive(actor: Actor, target: IO[bytes]) -> Handed:
    """Write the archive; the session's organisation's rows, the shared ones that it wrote included."""
    handed = Handed()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for table in _tables():
            names = [name for column in table.c if (name := _name(table, column.name))]
            with archive.open(f"json/{table.name}.jsonl", "w", force_zip64=True) as file:
                for cells in _rows(actor, table, handed):
                    file.write((json.dumps(cells, ensure_ascii=False) + "\n").encode())
                    handed.tables[table.name] = handed.tables.get(table.name, 0) + 1
            with archive.open(f"csv/{table.name}.csv", "w", force_zip64=True) as file:
                read = ([_flat(cells.get(name)) for name in names] for cells in _rows(actor, table, Handed()))
                for line in lines(names, read):
                    file.write(line.encode())
        archive.writestr("manifest.json", _manifest(actor, handed))
    target.seek(0)
    digest = hashlib.sha256()
    while part := target.read(1 << 20):
        digest.update(part)
    target.seek(0)
    handed.digest = digest.hexdigest()
    return handed


def _tables() -> list[Table]:
    classes = {
        mapper.local_table: getattr(mapper.class_, "__ownership__", None) for mapper in Base.registry.mappers
    }
    return [
        table
        for table in Base.metadata.sorted_tables
        if classes.get(table) in OF_ITS_OWN
        and table.schema is None
        and "organisation_id" in table.c
        and table.name not in LEFT_OUT
    ]


def _rows(actor: Actor, table: Table, handed: Handed) -> Iterator[dict[str, Any]]:
    statement = select(table).where(table.c.organisation_id == actor.organisation_id)
    found = db.session.execute(statement.execution_options(yield_per=BATCH))
    for row in found:
        yield _cells(table, row, handed)


def _name(table: Table, column: str) -> str | None:
    """What a column is called in the archive; None for what means nothing outside: keyed hashes."""
    if column.endswith("_cipher"):
        return column.removesuffix("_cipher")
    if column == "content" or not _is_bytes(table, column):
        return column
    return None


def _is_bytes(table: Table, column: str) -> bool:
    try:
        return table.c[column].type.python_type is bytes
    except NotImplementedError:
        # A type of the database's own, which has none in Python.
        return False


def _cells(table: Table, row: Row[Any], handed: Handed) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    kept = row._mapping
    for column in table.c:
        name, value = _name(table, column.name), kept[column.name]
        if name is None:
            continue
        if value is not None and column.name.endswith("_cipher"):
            value = _opened(table, column.name, kept["organisation_id"], kept["id"], value, handed)
        cells[name] = _plain(value)
    return cells


def _opened(
    table: Table, column: str, owner: UUID, row_id: UUID, cipher: bytes, handed: Handed
) -> str | bytes | None:
    try:
        opened = open_bytes(db.session(), owner, table.name, column, row_id, cipher)
    except InvalidTag:
        handed.unreadable += 1
        return None
    try:
        return opened.decode()
    except UnicodeDecodeError:
        return opened


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _manifest(actor: Actor, handed: Handed) -> str:
    told = {
        "organisation": actor.organisation_name,
        "organisation_id": str(actor.organisation_id),
        "made_at": now().isoformat(),
        "rows": handed.rows,
        "tables": handed.tables,
        "values_that_no_key_opens": handed.unreadable,
        "left_out": LEFT_OUT,
        "read_me": "json/ has one row a line; csv/ the same for a spreadsheet. Files within are base64.",
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
