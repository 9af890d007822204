"""Tables as people save them: XLSX, or CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or what Windows wrote. Pure.

What can't be read is refused with its place, never guessed at.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from .folding import fold
from .unreadable import UnreadableSheet
from .workbooks import is_workbook, read_workbook

__all__ = ["Row", "Sheet", "UnreadableSheet", "read_sheet"]

MOST_BYTES = 32 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST_CELL = 4_000
LONGEST_HEADER = 200
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """One line of a table. ``number`` is as a spreadsheet counts: the header is row 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table: its headers, and its rows without the empty ones. ``name``: which sheet of several in a workbook."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    name: str = ""


def read_sheet(content: bytes) -> Sheet:
    """Read a table. Raises :class:`UnreadableSheet`."""
    if len(content) > MOST_BYTES:
        raise UnreadableSheet(
            _("The file is larger than %(most)s MB. Split it into several.", most=MOST_BYTES >> 20)
        )
    name, lines = read_workbook(content) if is_workbook(content) else ("", _lines(_text(content)))
    headers = _headers(next(lines, ()))
    rows = tuple(_rows(lines, len(headers)))
    if not rows:
        raise UnreadableSheet(_("There is a row of headers and nothing below it."))
    return Sheet(headers, rows, name)


def _text(content: bytes) -> str:
    text = _decode(content)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UnreadableSheet(
            _("Row %(row)s holds a letter that is no letter (NUL). Save the file again as CSV.", row=line)
        )
    return text


def _decode(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise UnreadableSheet(
                    _("The file ends in the middle of a letter. Save it again as “CSV UTF-8”.")
                ) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableSheet(
            _("Row %(row)s holds letters that can’t be read. Save the file as “CSV UTF-8”.", row=line)
        ) from None


def _lines(text: str) -> Iterator[tuple[str, ...]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = csv.field_size_limit(MOST_BYTES)
    try:
        for cells in reader:
            yield tuple(cell.strip() for cell in cells)
    except csv.Error:
        raise UnreadableSheet(
            _("Row %(row)s has a quotation mark that is opened and not closed.", row=reader.line_num)
        ) from None
    finally:
        csv.field_size_limit(before)


def _headers(cells: Sequence[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    if not kept:
        raise UnreadableSheet(_("The first row is empty: it has to name the columns."))
    if len(kept) > MOST_COLUMNS:
        raise UnreadableSheet(_("There are more than %(most)s columns.", most=MOST_COLUMNS))
    seen: dict[str, int] = {}
    for place, header in enumerate(kept, start=1):
        if len(header) > LONGEST_HEADER:
            raise UnreadableSheet(
                _("Row 1, column %(column)s: the header is longer than %(most)s letters.",
                  column=place, most=LONGEST_HEADER)
            )  # fmt: skip
        if header.startswith("="):
            raise UnreadableSheet(
                _("Row 1, column %(column)s: the header is a formula. Put its value there.", column=place)
            )
        key = fold(header) or header
        if key and key in seen:
            raise UnreadableSheet(
                _("Columns %(first)s and %(second)s are both called “%(name)s”. Give one another name.",
                  first=seen[key], second=place, name=header)
            )  # fmt: skip
        seen[key] = place
    return tuple(kept)


def _rows(lines: Iterator[tuple[str, ...]], columns: int) -> Iterator[Row]:
    found = 0
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        found += 1
        if found > MOST_ROWS:
            raise UnreadableSheet(
                _("There are more than %(most)s rows. Split the file.", most=f"{MOST_ROWS:,}")
            )
        if any(cells[columns:]):
            raise UnreadableSheet(
                _("Row %(row)s has more cells than there are headers. A comma inside a cell needs quotation marks.",
                  row=number)
            )  # fmt: skip
        for place, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                raise UnreadableSheet(
                    _("Row %(row)s, column %(column)s: the cell is longer than %(most)s letters.",
                      row=number, column=place + 1, most=f"{LONGEST_CELL:,}")
                )  # fmt: skip
        yield Row(number, (*cells, *[""] * (columns - len(cells)))[:columns])
