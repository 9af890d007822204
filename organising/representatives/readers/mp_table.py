"""The table of sitting members, a row per seat: `pcon_name, pcon_code, member_id, …, member_email`.

It is a snapshot without dates. What bites: a seat may be `Vacant`; `No email found` is not an address;
`Not applicable` and `z` mean none; the shown name carries some titles and not others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from organising.representatives.names import bare_name, fold
from organising.representatives.parties import party_of
from organising.representatives.readers.records import (
    GSS,
    MNIS,
    AreaRecord,
    ContactPointRecord,
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

COLUMNS: Final = (
    "pcon_name",
    "pcon_code",
    "member_id",
    "full_title",
    "display_as",
    "party_text",
    "member_email",
)
_NONE: Final = frozenset({"", "z", "not applicable", "n/a", "na"})
_VACANT: Final = "vacant"
_NO_EMAIL: Final = "no email found"
_CODE = re.compile(r"[ENSWX]\d{8}\Z")
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@(?:[^@\s.,;<>\"]+\.)+[^@\s.,;<>\"]+\Z")


def is_mp_table(columns: tuple[str, ...]) -> bool:
    """Whether a header is meant as this format, even where a column is missing."""
    return len(set(COLUMNS) & set(columns)) >= 3


def read_mp_table(table: Table) -> SourceRecords:
    """Who sits where, and their addresses. Raises UnreadableFile when a column is missing."""
    table.require(COLUMNS)
    reading = _Reading()
    for row in table.rows:
        try:
            reading.take(row)
        except ValueError as error:
            reading.rejected.append(Rejection(row.place, str(error)))
    return reading.records()


@dataclass
class _Reading:
    persons: dict[str, PersonRecord] = field(default_factory=dict)
    areas: dict[str, AreaRecord] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    parties: dict[str, PartyRecord] = field(default_factory=dict)
    holdings: list[HoldingRecord] = field(default_factory=list)
    contact_points: list[ContactPointRecord] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Take a row whole or, raising ValueError, not at all; a bad address alone loses only the address."""
        area = _area(row)
        if area.key in self.areas or fold(area.name) in self.names:
            raise ValueError(f"{area.name} ({area.key}) appears twice")
        member = row["member_id"]
        if member.lower() == _VACANT:
            self._keep(area)
            self.vacant.append(area.key)
            return
        person = _person(row, member, area)
        if person.key in self.persons:
            raise ValueError(f"member {member} already sits in another row")
        party = party_of(row["party_text"]) if _given(row["party_text"]) else None
        self._keep(area)
        self.persons[person.key] = person
        if party:
            self.parties[party.key] = party
        self.holdings.append(HoldingRecord(None, person.key, "mp", area.key, party.key if party else None))
        self._take_address(row, person.key)

    def _keep(self, area: AreaRecord) -> None:
        self.areas[area.key] = area
        self.names.add(fold(area.name))

    def _take_address(self, row: Row, person_key: str) -> None:
        email = row["member_email"]
        if email.lower() == _NO_EMAIL or not _given(email):
            self.contact_points.append(ContactPointRecord(person_key, None))
        elif _ADDRESS.match(email):
            self.contact_points.append(ContactPointRecord(person_key, email))
        else:
            self.rejected.append(
                Rejection(row.place, f"“{email}” is not an email address; the member is kept without")
            )

    def records(self) -> SourceRecords:
        return SourceRecords(
            source="mp_table",
            dated=False,
            persons=tuple(self.persons.values()),
            areas=tuple(self.areas.values()),
            parties=tuple(self.parties.values()),
            holdings=tuple(self.holdings),
            contact_points=tuple(self.contact_points),
            vacant=tuple(self.vacant),
            rejected=tuple(self.rejected),
        )


def _area(row: Row) -> AreaRecord:
    name, code = row["pcon_name"], row["pcon_code"].upper()
    if not _given(name):
        raise ValueError("no constituency name")
    if not _CODE.match(code):
        raise ValueError(f"“{row['pcon_code']}” is not a GSS code")
    return AreaRecord(
        key=code,
        kind="westminster",
        name=name,
        identifiers=(Identifier(GSS, code),),
        gss_code=code,
        region=_optional(row, "region_name"),
        country=_optional(row, "country_name"),
    )


def _person(row: Row, member: str, area: AreaRecord) -> PersonRecord:
    if _given(member) and not (member.isascii() and member.isdigit()):
        raise ValueError(f"member_id “{member}” is neither a number nor “Vacant”")
    title = row["full_title"] if _given(row["full_title"]) else row["display_as"]
    name = bare_name(row["display_as"] if _given(row["display_as"]) else title)
    if not _given(name):
        raise ValueError(
            f"member {member} has no name"
            if _given(member)
            else f"member_id “{member}” is neither a number nor “Vacant”, and there is no name"
        )
    number = str(int(member)) if _given(member) else ""
    known = Identifier(MNIS, number) if number else named_in(area, name)
    return PersonRecord(
        known.value, (known,), (NameRecord(name),), title, row.place,
        {"seat": area.name, "party": row["party_text"], "email": row["member_email"]},
    )  # fmt: skip


def _optional(row: Row, column: str) -> str | None:
    value = row.cells.get(column, "")
    return value if _given(value) else None


def _given(value: str) -> bool:
    return value.strip().lower() not in _NONE


def _recognises(source: SourceText) -> bool:
    return is_mp_table(source.columns)


def _read(source: SourceText) -> SourceRecords:
    return read_mp_table(source.table)


register(Reader("mp_table", _recognises, _read))
