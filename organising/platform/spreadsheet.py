"""Tables for a spreadsheet: CSV that opens with its letters intact, and in which no cell runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response

# A spreadsheet runs a cell that begins like this.
RUNS = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets guess the encoding; the mark tells it.
MARK = "\ufeff"


def inert(cell: object) -> str:
    """A cell that no spreadsheet runs as a formula. A day is written as 2026-12-31, nothing as an empty cell."""
    if cell is None:
        return ""
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(RUNS) else text


def table(header: Sequence[object], rows: Iterable[Iterable[object]]) -> str:
    """The CSV text of a table, every cell :func:`inert`."""
    written = io.StringIO()
    written.write(MARK)
    writer = csv.writer(written)
    writer.writerow([str(cell) for cell in header])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return written.getvalue()


def download(text: str, name: str) -> Response:
    """A CSV as a file of that name, kept in no cache."""
    return Response(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
