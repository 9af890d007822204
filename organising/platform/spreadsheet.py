"""Tables for a spreadsheet: CSV that opens with its letters intact, and in which no cell runs."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
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
    return "".join(lines(header, rows))


def lines(header: Sequence[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The same, line by line: for a table too long to be held."""
    yield MARK + _line([str(cell) for cell in header])
    for row in rows:
        yield _line([inert(cell) for cell in row])


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def download(text: str | Iterable[str], name: str) -> Response:
    """A CSV as a file of that name, kept in no cache."""
    return Response(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
