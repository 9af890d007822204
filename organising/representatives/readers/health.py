"""NHS trusts (the ODS list ``etr``), and what became of integrated care boards in the mergers of 1 April 2026.

What bites: names are in capitals; dates are yyyymmdd; the boards that merged have new codes, of which no open table says what
they replaced.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from organising.representatives.readers.cells import day, each
from organising.representatives.readers.records import GSS, AreaRecord, Identifier
from organising.representatives.readers.register_records import (
    LATE_BODIES,
    ODS,
    InstitutionRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

MERGED_ON: Final = date(2026, 4, 1)
# NHS England, mergers of 1 April 2026: the new board's GSS code, with those of the boards that it took over whole.
# Frimley, Hertfordshire and West Essex, and Suffolk and North East Essex were divided, so none succeeds them alone.
SUCCESSIONS: Final = {
    "E54000065": ("E54000024", "E54000056"),
    "E54000066": ("E54000026",),
    "E54000067": ("E54000042",),
    "E54000068": ("E54000022",),
    "E54000069": ("E54000063", "E54000064"),
    "E54000070": ("E54000044",),
    "E54000071": ("E54000027", "E54000028"),
}
DIVIDED: Final = ("E54000023", "E54000025", "E54000034")
# The ODS codes of the boards that merged, as the trusts in their areas have them.
_NEW_BOARDS: Final = {
    "S1Y5D": "E54000065",
    "D7T5G": "E54000066",
    "QRL": "E54000067",
    "T6Y0W": "E54000068",
    "S9B9J": "E54000069",
    "S0E4D": "E54000070",
    "Z9B2Z": "E54000071",
}
_COLUMNS: Final = (
    "code", "name", "grouping", "board", "line1", "line2", "line3", "line4", "line5", "postcode", "opened",
    "closed", *(f"unused{number}" for number in range(12, 27)),
)  # fmt: skip
_SMALL = frozenset({"and", "of", "the", "for", "in", "on", "upon", "with"})
_ODS_CODE = re.compile(r"[A-Z0-9]{3,6}\Z")


def proper(name: str) -> str:
    """A name in capitals as it is written: “St George’s … NHS Foundation Trust”."""
    words = name.split()
    return " ".join(_word(word, first=not place) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if word.strip("(),.") in {"NHS", "UK"}:
        return word
    lower = word.lower()
    if not first and lower in _SMALL:
        return lower
    # Each part after a hyphen, a bracket or a full stop begins anew; after an apostrophe it does not.
    return re.sub(r"(^|[-(./])([a-z])", lambda found: found[1] + found[2].upper(), lower)


def _read(source: SourceText) -> RegisterRecords:
    taken, rejected = each(source.headless(_COLUMNS).rows, _trust)
    boards = {place.key: place for place, _ in taken if place}
    return RegisterRecords(
        "nhs_trusts", LATE_BODIES, tuple(boards.values()), tuple(body for _, body in taken),
        rejected=tuple(rejected),
    )  # fmt: skip


def _trust(row: Row) -> tuple[AreaRecord | None, InstitutionRecord]:
    code = row["code"]
    if not _ODS_CODE.match(code) or not row["name"]:
        raise ValueError(f"“{code}” is not an ODS code" if row["name"] else f"{code} has no name")
    opened, closed = day(row["opened"], "%Y%m%d"), day(row["closed"], "%Y%m%d")
    if opened and closed and closed < opened:
        raise ValueError(f"{code} closes on {closed}, before it opens on {opened}")
    board = _board(row)
    lines = [proper(row[f"line{number}"]) for number in range(1, 6) if row[f"line{number}"]]
    return board, InstitutionRecord(
        key=code,
        kind="trust",
        name=proper(row["name"]),
        place=row.place,
        identifiers=(Identifier(ODS, code),),
        area_key=board.key if board else None,
        started_on=opened,
        ended_on=closed,
        address=", ".join(lines) or None,
        postcode=row["postcode"] or None,
    )


def _board(row: Row) -> AreaRecord | None:
    code = row["board"]
    if not code:
        return None
    known = Identifier(GSS, _NEW_BOARDS[code]) if code in _NEW_BOARDS else Identifier(ODS, code)
    return AreaRecord(f"{known.scheme}:{known.value}", "icb", code, row.place, "mentions", (known,))


def _is_trusts(source: SourceText) -> bool:
    cells = source.columns
    return len(cells) == len(_COLUMNS) and bool(_ODS_CODE.match(cells[0])) and cells[10].isdigit()


register(Reader("nhs_trusts", _is_trusts, _read))
