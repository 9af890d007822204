"""The list of Commons seats since 1918 that parlparse kept until 2015: `[{id, start_date, end_date, names}]`.

It is old: a seat without an end in it may have ended since. So it only adds: seats that are over, and further
spellings of seats on record.
"""

from __future__ import annotations

from typing import Any

from organising.representatives.readers.office_records import OfficeRecords
from organising.representatives.readers.records import (
    PUBLICWHIP,
    AreaRecord,
    Identifier,
    PartialDate,
    Rejection,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node


def read_old_seats(source: SourceText) -> OfficeRecords:
    """All seats of the list. Raises UnreadableFile where the shape is another one."""
    root = Node.root(source.path, {"seats": source.value})
    seats: dict[str, AreaRecord] = {}
    rejected: list[Rejection] = []
    for entry in root.nodes("seats"):
        try:
            seat = _seat(entry)
            if seat.key in seats:
                raise ValueError(f"{seat.key} appears twice")
            seats[seat.key] = seat
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
    return OfficeRecords(source="old_seats", old_seats=tuple(seats.values()), rejected=tuple(rejected))


def _seat(entry: Node) -> AreaRecord:
    key, names = entry.text("id"), entry.texts("names")
    if not names:
        raise ValueError(f"{key} has no name")
    start, end = (_date(entry, name) for name in ("start_date", "end_date"))
    if start and end and end.latest < start.earliest:
        raise ValueError(f"{key} ends on {end} before it starts on {start}")
    identifiers = [Identifier(PUBLICWHIP, key)]
    return AreaRecord(
        key,
        "westminster",
        names[0],
        identifiers=tuple(identifiers),
        other_names=names[1:],
        start=start,
        end=end,
    )


def _date(entry: Node, name: str) -> PartialDate | None:
    text = entry.find_text(name)
    return PartialDate.parse(text) if text else None


def _is_old_seats(source: SourceText) -> bool:
    value: Any = source.value
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], dict)
        and {"id", "names"} <= set(value[0])
    )


register(Reader("old_seats", _is_old_seats, read_old_seats))
