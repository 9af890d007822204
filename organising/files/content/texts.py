"""Plain text and tables: one encoding, no control characters, and no cell that a spreadsheet would run."""

import csv
from io import StringIO

from ...platform.spreadsheet import RUNS, inert
from ..kinds import FileKind
from .findings import Clean, Refusal
from .telling import refuse_markup

TABLES = ("csv", "tsv")
NUMBER = "0123456789.,  "
MARKS = "\t\n\r\f"


def clean_text(content: bytes, ending: str) -> Clean:
    """The text as UTF-8. Raises :class:`Refusal`."""
    text = _decoded(content)
    if any(not one.isprintable() and one not in MARKS and ord(one) < 0xA0 for one in text):
        raise Refusal("text")
    refuse_markup(text.encode()[:4096])
    if ending in TABLES:
        return Clean(FileKind.CSV, _inert(text).encode())
    return Clean(FileKind.TEXT, text.encode())


def _decoded(content: bytes) -> str:
    for encoding in (
        ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("text")


def _inert(text: str) -> str:
    """The table with every cell that would run made into words; as it was where none would."""
    try:
        dialect = csv.Sniffer().sniff(text[:8192], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(StringIO(text, newline=""), dialect))
    except csv.Error:
        raise Refusal("text") from None
    if not any(_runs(cell) for row in rows for cell in row):
        return text
    made = StringIO()
    csv.writer(made, delimiter=dialect.delimiter).writerows(
        [inert(cell) if _runs(cell) else cell for cell in row] for row in rows
    )
    return made.getvalue()


def _runs(cell: str) -> bool:
    """Whether a spreadsheet would take it for a formula; a number with its sign is none."""
    bare = cell.lstrip(" ")
    return bare.startswith(RUNS) and not (bare[0] in "+-" and all(one in NUMBER for one in bare[1:]))
