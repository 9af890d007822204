"""The rows of a file, kept sealed in pieces: a worker opens one at a time, and a killed one loses no more than that."""

import json
import zlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ...platform.db import db, new_id
from ...platform.sealing import open_bytes, seal_bytes
from ...platform.sheets import Row
from ..duplicates import Traits
from ..models import ContactImport, ImportPiece
from ..queries.imports import list_seen
from .judging import Earlier, Judge

# So many rows are looked at, written or undone before that is committed.
PIECE = 1_000
_TABLE = "import_piece"


def keep_pieces(kept: ContactImport, rows: Sequence[Row]) -> None:
    """Keep all rows of a file; ``place`` of a piece is how many rows are before it."""
    for place in range(0, len(rows), PIECE):
        part = rows[place : place + PIECE]
        piece = ImportPiece(
            id=new_id(),
            organisation_id=kept.organisation_id,
            import_id=kept.id,
            place=place,
            rows=len(part),
        )
        piece.cells_cipher = _seal(piece, "cells_cipher", [(row.number, row.cells) for row in part])
        db.session.add(piece)
        db.session.flush()
        db.session.expunge(piece)


def open_rows(piece: ImportPiece) -> list[Row]:
    """The rows of a piece."""
    return [Row(number, tuple(cells)) for number, cells in _open(piece, "cells_cipher", piece.cells_cipher)]


def keep_seen(piece: ImportPiece, rows: Sequence[tuple[int, Traits]], taken: dict[UUID, int]) -> None:
    """Keep who a piece's rows are, so that later ones can be compared by whoever goes on."""
    found = [
        (number, one.name, *map(_hex, (one.emails, one.phones)), sorted(one.postcodes))
        for number, one in rows
    ]
    piece.seen_cipher = _seal(
        piece, "seen_cipher", [found, [(str(key), value) for key, value in taken.items()]]
    )


def recall_seen(judge: Judge, before: int) -> Earlier:
    """Who the rows of a file are that were looked at already."""
    earlier = Earlier()
    for piece in list_seen(judge.kept.id, before):
        rows, taken = _open(piece, "seen_cipher", piece.seen_cipher)
        for number, name, emails, phones, postcodes in rows:
            traits = Traits(None, name, _bytes(emails), _bytes(phones), frozenset(postcodes))
            earlier.remember(judge.keys(traits), traits, number)
        earlier.taken |= {UUID(key): value for key, value in taken}
        db.session.expunge(piece)
    return earlier


def _hex(keys: frozenset[bytes]) -> list[str]:
    return [one.hex() for one in keys]


def _bytes(keys: Sequence[str]) -> frozenset[bytes]:
    return frozenset(bytes.fromhex(one) for one in keys)


def _seal(piece: ImportPiece, column: str, value: Any) -> bytes:
    packed = zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)
    return seal_bytes(db.session(), piece.organisation_id, _TABLE, column, piece.id, packed)


def _open(piece: ImportPiece, column: str, cipher: bytes | None) -> Any:
    assert cipher is not None
    packed = open_bytes(db.session(), piece.organisation_id, _TABLE, column, piece.id, cipher)
    return json.loads(zlib.decompress(packed))
