"""Excel workbooks (XLSX, Office Open XML) as lines of text. Pure.

What is inside is unpacked once and thrown away before anything opens it, so that a small file that unpacks to a huge
one is refused, whatever its table of contents says. Formulas are never computed: they come out as what they are.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from flask_babel import gettext as _

from .archives import UNSOUND
from .unreadable import UnreadableSheet

ZIP = b"PK\x03\x04"
# What Excel before 2007 wrote, and what it makes of a file with a password.
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNPACKED = 200 * 2**20
MOST_PARTS = 2_000
# Cells further to the right are not looked at; those that are have to stand below a header.
WIDEST = 1_000
# A sheet that is empty for so many rows is taken for empty.
LOOKED_AT = 100
_PIECE = 1 << 18
_DAMAGED = (*UNSOUND, KeyError, TypeError, AttributeError, IndexError, OverflowError, ParseError)


def is_workbook(content: bytes) -> bool:
    """Whether this is a workbook, or something else that is no text."""
    return content.startswith((ZIP, OLD))


def read_workbook(content: bytes) -> tuple[str, Iterator[tuple[str, ...]]]:
    """The lines of the first sheet that shows and holds something; its name where there are several.

    Raises :class:`UnreadableSheet`, also while the lines are read.
    """
    if content.startswith(OLD):
        raise UnreadableSheet(
            _("This is an Excel file of the old kind (XLS), or has a password. Save it as XLSX without one.")
        )
    _check_parts(content)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # About styles and extensions, of which nothing is read.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False, data_only=False)
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        for one in sheets:
            # What a file says of its own size is not believed.
            one.reset_dimensions()
    except _DAMAGED:
        raise _damaged() from None
    for one in sheets:
        if any(map(any, islice(_lines(one), LOOKED_AT))):
            return (str(one.title) if len(sheets) > 1 else ""), _lines(one)
    raise UnreadableSheet(_("There is nothing in this workbook."))


def check_contents(content: bytes) -> None:
    """Look at an archive's table of contents alone, which takes no time: is it a workbook? Raises :class:`UnreadableSheet`."""
    _check_parts(content, unpack=False)


def _check_parts(content: bytes, *, unpack: bool = True) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise UnreadableSheet(
                    _(
                        "This is no Excel workbook. Save the table as XLSX or as “CSV UTF-8”, then choose that."
                    )
                )
            if len(parts) > MOST_PARTS or len(names) < len(parts):
                raise _damaged()
            left = MOST_UNPACKED
            for part in parts if unpack else ():
                left = _unpack(archive, part, left)
    except _DAMAGED as error:
        if isinstance(error, UnreadableSheet):
            raise
        raise _damaged() from None


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack a part to nothing; returns how much may still come."""
    with archive.open(part) as opened:
        piece = opened.read(_PIECE)
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise UnreadableSheet(
                _("“%(part)s” in this workbook declares what no spreadsheet does. It is not opened.",
                  part=part.filename)
            )  # fmt: skip
        while piece:
            left -= len(piece)
            if left < 0:
                raise UnreadableSheet(
                    _("“%(part)s” in this workbook unpacks to more than %(most)s MB. It is not opened.",
                      part=part.filename, most=MOST_UNPACKED >> 20)
                )  # fmt: skip
            piece = opened.read(_PIECE)
    return left


def _lines(sheet: Any) -> Iterator[tuple[str, ...]]:
    try:
        for row in sheet.iter_rows(max_col=WIDEST, values_only=True):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            yield tuple(cells)
    except _DAMAGED:
        raise _damaged() from None


def _text(cell: Any) -> str:
    """A cell as a person would type it. A formula begins with =, as it was typed."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        # A telephone number in a cell for numbers.
        return str(int(cell))
    if isinstance(cell, datetime):
        return (cell if cell.hour or cell.minute or cell.second else cell.date()).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if hasattr(cell, "ref"):
        # Of an array or a table of data.
        return "="
    return str(cell)


def _damaged() -> UnreadableSheet:
    return UnreadableSheet(
        _("This workbook is damaged. Open it in Excel, save it again, and choose that file.")
    )
