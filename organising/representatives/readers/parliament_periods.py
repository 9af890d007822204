"""The parliaments since 1801: number, election, summoned, opened, dissolved; no header.

What bites: until 1918 an election took weeks (“05 July 1802 – 14 August 1802”); the first parliament was not elected.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from organising.representatives.readers.cells import day, each
from organising.representatives.readers.register_records import ParliamentRecord, ParliamentRecords
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

_COLUMNS: Final = (
    "number",
    "elected",
    "summoned",
    "opened",
    "dissolved",
    *(f"note{n}" for n in range(5, 11)),
)
_LONG = re.compile(r"(\d{1,2}) ?([A-Z][a-z]+) ?(\d{4})")
_SHORT = re.compile(r"\d{2}/\d{2}/\d{4}\Z")


def _record(row: Row) -> ParliamentRecord:
    if not row["number"].isdigit():
        raise ValueError(f"“{row['number']}” is not a number")
    elected = _first_day(row["elected"])
    dissolved = day(row["dissolved"], "%d/%m/%Y")
    if dissolved and elected and dissolved <= elected:
        raise ValueError(f"dissolved on {dissolved}, before its election on {elected}")
    assert elected is not None
    return ParliamentRecord(int(row["number"]), elected, dissolved, row.place)


def _first_day(text: str) -> date | None:
    if _SHORT.match(text):
        return day(text, "%d/%m/%Y")
    found = _LONG.match(text)
    if not found:
        raise ValueError(f"“{text}” says no day of an election")
    return day(" ".join(found.groups()), "%d %B %Y")


def _read(source: SourceText) -> ParliamentRecords:
    taken, rejected = each(source.headless(_COLUMNS).rows, _record)
    kept: dict[int, ParliamentRecord] = {}
    for one in taken:
        kept.setdefault(one.number, one)
    return ParliamentRecords(tuple(kept.values()), rejected=tuple(rejected))


def _is_periods(source: SourceText) -> bool:
    cells = source.columns
    return len(cells) == len(_COLUMNS) and cells[0].isdigit() and bool(_SHORT.match(cells[2]))


register(Reader("parliament_periods", _is_periods, _read))
