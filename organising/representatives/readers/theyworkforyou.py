"""Rows of TheyWorkForYou's getMP: one per term. `left_house` “9999-12-31” means that the member is still there.

Its terms are parlparse's under other ids, so a term on record that overlaps one of these is the same term.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from organising.representatives.parties import party_of
from organising.representatives.readers.current_mps import PERSON
from organising.representatives.readers.office_records import AreaHint, Holder, OfficeRecord, OfficeRecords
from organising.representatives.readers.records import (
    PUBLICWHIP,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    Rejection,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node

_STILL = "9999-12-31"
_COMMONS = "1"


def read_rows(source: SourceText) -> OfficeRecords:
    """The terms of the rows. Raises UnreadableFile where the shape is another one."""
    root = Node.root(source.path, {"rows": source.value})
    holders: dict[str, Holder] = {}
    parties: dict[str, PartyRecord] = {}
    offices, rejected, elsewhere = [], [], 0
    for entry in root.nodes("rows"):
        if entry.find_text("house") != _COMMONS:
            elsewhere += 1
            continue
        try:
            office = _term(entry, parties)
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
            continue
        offices.append(office)
        name = entry.find_text("full_name") or office.holder
        holders.setdefault(
            office.holder,
            Holder((Identifier(PUBLICWHIP, office.holder),), (NameRecord(name, family=entry.find_text("family_name")),),
                   unknown="create", certain=True, place=entry.place),
        )  # fmt: skip
    return OfficeRecords(
        source="theyworkforyou",
        holders=holders,
        parties=tuple(parties.values()),
        offices=tuple(offices),
        rejected=tuple(rejected),
        ignored={"a term outside the Commons": elsewhere} if elsewhere else {},
    )


def _term(entry: Node, parties: dict[str, PartyRecord]) -> OfficeRecord:
    start, end = PartialDate.parse(entry.text("entered_house")), entry.text("left_house")
    last = None if end == _STILL else PartialDate.parse(end)
    if last and last.latest < start.earliest:
        raise ValueError(f"ends on {last} before it starts on {start}")
    party = party_of(entry.text("party"))
    parties[party.key] = party
    day: date = start.earliest
    return OfficeRecord(
        source_id=entry.text("member_id"),
        holder=PERSON + entry.text("person_id"),
        kind="mp",
        area=AreaHint("westminster", entry.text("constituency"), on=day),
        party_key=party.key,
        start=start,
        end=last,
        start_reason=entry.find_text("entered_reason"),
        end_reason=entry.find_text("left_reason") if last else None,
        place=entry.place,
        secondary=True,
    )


def _is_rows(source: SourceText) -> bool:
    value: Any = source.value
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and {"member_id", "entered_house", "left_house"} <= set(first)


register(Reader("theyworkforyou", _is_rows, read_rows))
