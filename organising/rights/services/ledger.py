"""The ledger of erasures beside the database: a line for each, of keyed hashes and row ids, signed with the installation's key.

A backup is older than what was erased since. The ledger is what tells a restored database whom to erase again; it names
nobody, so it may be kept wherever backups are.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from organising.config import Settings
from organising.platform.db import db
from organising.platform.erasures import ErasedKey, ErasedRow, Erasure
from organising.platform.keys import derive
from organising.platform.people import Rows
from organising.platform.sealing import keyring

FILE = "erasures.jsonl"
VERSION = 1


class BadLine(Exception):
    """A line that this installation did not write, or that was changed since. Its message says which."""


@dataclass(frozen=True)
class Line:
    """One erasure. ``rows`` by holding and table; ``keys``: kind, key, and of an address the hash it is not written to by."""

    organisation_id: UUID
    id: UUID
    number: int
    at: datetime
    author_label: str
    counts: dict[str, int]
    rows: dict[str, dict[str, frozenset[UUID]]]
    keys: tuple[tuple[str, bytes, bytes | None], ...]

    def written(self) -> str:
        """The line, with its signature."""
        body: dict[str, Any] = {
            "version": VERSION,
            "organisation": str(self.organisation_id),
            "id": str(self.id),
            "number": self.number,
            "at": self.at.isoformat(),
            "by": self.author_label,
            "counts": self.counts,
            "rows": {
                name: {table: sorted(map(str, ids)) for table, ids in sorted(tables.items())}
                for name, tables in sorted(self.rows.items())
            },
            "keys": [[kind, key.hex(), hashed.hex() if hashed else None] for kind, key, hashed in self.keys],
        }
        return json.dumps(body | {"mac": _mac(body)}, separators=(",", ":"))


def read_line(text: str) -> Line:
    """What a line says. Raises :class:`BadLine`."""
    try:
        body = json.loads(text)
        mac = body.pop("mac")
        if not hmac.compare_digest(str(mac), _mac(body)):
            raise BadLine("not signed with this installation's key, or changed since")
        return Line(
            UUID(body["organisation"]),
            UUID(body["id"]),
            int(body["number"]),
            datetime.fromisoformat(body["at"]),
            str(body["by"]),
            dict(body["counts"]),
            {
                name: {table: frozenset(map(UUID, ids)) for table, ids in tables.items()}
                for name, tables in body["rows"].items()
            },
            tuple(
                (kind, bytes.fromhex(key), bytes.fromhex(hashed) if hashed else None)
                for kind, key, hashed in body["keys"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadLine("no line of this ledger") from None


def _mac(body: dict[str, Any]) -> str:
    key = derive(keyring().installation_key, "erasure ledger")
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def ledger_path() -> Path:
    """Where this installation keeps its ledger: beside the data, so that it is there when the database is not."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.data_dir / FILE


def read_file(path: Path) -> Iterator[Line]:
    """Every line of a file. Raises :class:`BadLine` with its number."""
    for number, text in enumerate(path.read_text().splitlines(), start=1):
        if text.strip():
            try:
                yield read_line(text)
            except BadLine as bad:
                raise BadLine(f"{path.name}, line {number}: {bad}") from None


def line_of(erasure: Erasure) -> Line:
    """The line of an erasure that is in the database."""
    rows: dict[str, dict[str, frozenset[UUID]]] = {}
    held = select(ErasedRow.holding, ErasedRow.table_name, ErasedRow.row_id)
    for holding, table, row_id in db.session.execute(held.where(ErasedRow.erasure_id == erasure.id)):
        tables = rows.setdefault(holding, {})
        tables[table] = tables.get(table, frozenset()) | {row_id}
    keys = db.session.execute(
        select(ErasedKey.kind, ErasedKey.key, ErasedKey.address_hash)
        .where(ErasedKey.erasure_id == erasure.id)
        .order_by(ErasedKey.kind, ErasedKey.key)
    )
    return Line(
        erasure.organisation_id,
        erasure.id,
        erasure.number,
        erasure.created_at,
        erasure.author_label,
        erasure.counts,
        rows,
        tuple((kind, bytes(key), bytes(hashed) if hashed else None) for kind, key, hashed in keys),
    )


def list_lines() -> list[Line]:
    """The current organisation's erasures, as lines."""
    return [line_of(one) for one in db.session.scalars(select(Erasure).order_by(Erasure.number))]


def list_unkept() -> list[Erasure]:
    """Those of the current organisation that are not in the file yet."""
    unkept = select(Erasure).where(Erasure.kept_at.is_(None)).order_by(Erasure.created_at)
    return list(db.session.scalars(unkept.with_for_update(skip_locked=True)))


def append(lines: Iterable[Line]) -> Path:
    """Write lines at the end of the file, on the disk when this returns. Nobody else on the machine reads it."""
    path = ledger_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line.written()}\n" for line in lines)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return path


def add_rows(erasure: Erasure, found: dict[str, Rows] | dict[str, dict[str, frozenset[UUID]]]) -> None:
    """Note which rows an erasure is of."""
    for holding, tables in found.items():
        for table, row_ids in tables.items():
            for row_id in row_ids:
                db.session.add(
                    ErasedRow(
                        organisation_id=erasure.organisation_id,
                        erasure_id=erasure.id,
                        holding=holding,
                        table_name=table,
                        row_id=row_id,
                    )
                )
