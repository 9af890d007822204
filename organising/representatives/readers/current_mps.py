"""The table of sitting members with TheyWorkForYou numbers: `PCON24CD, PCON24NM, MP, …, ID, TheyWorkForYou ID, …`.

A snapshot like the other table of members. What bites: `Start date` is the day of the first election to the
House and not of this term, so it is not used; a seat without a member has empty cells.
"""

from __future__ import annotations

from typing import Final

from organising.representatives.names import bare_name, fold
from organising.representatives.parties import party_of
from organising.representatives.readers.records import (
    GSS,
    MNIS,
    PUBLICWHIP,
    AreaRecord,
    HoldingRecord,
    Identifier,
    NameRecord,
    PartyRecord,
    PersonRecord,
    Rejection,
    SourceRecords,
    named_in,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row, Table

COLUMNS: Final = ("PCON24CD", "PCON24NM", "MP", "ID", "TheyWorkForYou ID", "Party name")
PERSON: Final = "uk.org.publicwhip/person/"
_VACANT: Final = frozenset({"", "vacant"})


def read_current_mps(table: Table) -> SourceRecords:
    """Who sits where, with both of their numbers. Raises UnreadableFile when a column is missing."""
    table.require(COLUMNS)
    areas: dict[str, AreaRecord] = {}
    names: set[str] = set()
    persons: dict[str, PersonRecord] = {}
    parties: dict[str, PartyRecord] = {}
    holdings, vacant, rejected = [], [], []
    for row in table.rows:
        try:
            area = _area(row, areas, names)
            if row["MP"].casefold() in _VACANT and row["ID"].casefold() in _VACANT:
                areas[area.key] = area
                names.add(fold(area.name))
                vacant.append(area.key)
                continue
            person = _person(row, persons, area)
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        areas[area.key], persons[person.key] = area, person
        names.add(fold(area.name))
        party = party_of(row["Party name"]) if row["Party name"] else None
        if party:
            parties[party.key] = party
        holdings.append(HoldingRecord(None, person.key, "mp", area.key, party.key if party else None))
    return SourceRecords(
        source="current_mps",
        dated=False,
        persons=tuple(persons.values()),
        areas=tuple(areas.values()),
        parties=tuple(parties.values()),
        holdings=tuple(holdings),
        vacant=tuple(vacant),
        rejected=tuple(rejected),
    )


def _area(row: Row, seen: dict[str, AreaRecord], names: set[str]) -> AreaRecord:
    name, code = row["PCON24NM"], row["PCON24CD"].upper()
    if not name:
        raise ValueError("no constituency name")
    if len(code) != 9 or not code[1:].isdigit():
        raise ValueError(f"“{row['PCON24CD']}” is not a GSS code")
    if code in seen or fold(name) in names:
        raise ValueError(f"{name} ({code}) appears twice")
    return AreaRecord(code, "westminster", name, identifiers=(Identifier(GSS, code),), gss_code=code)


def _person(row: Row, seen: dict[str, PersonRecord], area: AreaRecord) -> PersonRecord:
    number, other = row["ID"], row["TheyWorkForYou ID"]
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError(f"ID “{number}” is not a number")
    name = bare_name(row["MP"])
    if not name:
        raise ValueError(f"member {number} has no name")
    identifiers = [Identifier(MNIS, number)] if number else []
    if other.isascii() and other.isdigit():
        identifiers.append(Identifier(PUBLICWHIP, PERSON + other))
    if not identifiers:
        identifiers.append(named_in(area, name))
    key = identifiers[0].value
    if key in seen:
        raise ValueError(f"member {key} already sits in another row")
    says = {"seat": area.name, "party": row["Party name"]}
    return PersonRecord(key, tuple(identifiers), (NameRecord(name),), None, row.place, says)


def _recognises(source: SourceText) -> bool:
    return len({"PCON24CD", "PCON24NM", "TheyWorkForYou ID", "MP"} & set(source.columns)) >= 3


register(Reader("current_mps", _recognises, lambda source: read_current_mps(source.table)))
