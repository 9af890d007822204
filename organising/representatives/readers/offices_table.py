"""The product's own table of people in office: MSPs, MSs, MLAs, commissioners, mayors, councillors, chief officers.

`name,office,area,area_code,party,start,end,email,phone,address,website,source,source_id`; described in
docs/importing.md. Only `name`, `office` and `source` must be filled in.
"""

from __future__ import annotations

import re
from typing import Final

from organising.representatives.names import bare_name, fold
from organising.representatives.parties import party_of
from organising.representatives.readers.office_records import (
    AffiliationRecord,
    AreaHint,
    BodyRecord,
    Holder,
    OfficeRecord,
    OfficeRecords,
    ReachRecord,
)
from organising.representatives.readers.records import (
    OFFICE_NAME,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    Rejection,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

COLUMNS: Final = (
    "name", "office", "area", "area_code", "party", "start", "end", "email", "phone", "address", "website", "source",
    "source_id",
)  # fmt: skip
# The kind of area that an office is for; those of institutions name the institution instead.
AREAS: Final = {
    "msp": "scottish", "ms": "senedd", "mla": "ni_assembly", "mayor": "local_authority",
    "councillor": "local_authority", "pcc": "police_force",
}  # fmt: skip
INSTITUTIONS: Final = {"chief_constable": "police_force", "trust_ceo": "trust"}
POSTS: Final = {"minister": "government", "shadow": "opposition"}
_OWN_SOURCES: Final = frozenset({"mp", "peer", "candidate"})
# Seats that no other file brings, so a name that is new makes one.
_MAKES_AREA: Final = frozenset({"scottish", "senedd", "ni_assembly"})
_ASSEMBLY: Final = frozenset({"msp", "ms", "mla"})
_CODE = re.compile(r"[A-Z]\d{8}\Z", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@(?:[^@\s.,;<>\"]+\.)+[^@\s.,;<>\"]+\Z")
_WEB = re.compile(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)


def read_offices(source: SourceText) -> OfficeRecords:
    """People in office, row by row. Raises UnreadableFile when a column is missing."""
    source.table.require(COLUMNS)
    reading = _Reading()
    for row in source.table.rows:
        try:
            reading.take(row)
        except ValueError as error:
            reading.rejected.append(Rejection(row.place, str(error)))
    return reading.records()


class _Reading:
    def __init__(self) -> None:
        self.holders: dict[str, Holder] = {}
        self.parties: dict[str, PartyRecord] = {}
        self.offices: dict[str, OfficeRecord] = {}
        self.posts: dict[str, AffiliationRecord] = {}
        self.bodies: dict[tuple[str, str], BodyRecord] = {}
        self.reach: list[ReachRecord] = []
        self.complete: set[str] = set()
        self.rejected: list[Rejection] = []

    def take(self, row: Row) -> None:
        """Take one row whole or, raising ValueError, not at all; a bad address alone loses only the address."""
        office = row["office"].casefold().replace(" ", "_")
        _check_office(office)
        if not row["name"] or not row["source"]:
            raise ValueError("no name" if not row["name"] else "no source: say who publishes this")
        start, end = _date(row, "start"), _date(row, "end")
        if start and end and end.latest < start.earliest:
            raise ValueError(f"ends on {end} before it starts on {start}")
        holder = _holder(row, office)
        key = f"{holder.identifiers[0].scheme}:{holder.identifiers[0].value}"
        if office in POSTS:
            self._post(row, office, key, start, end)
        else:
            self._office(row, office, key, start, end)
        self.holders.setdefault(key, holder)
        if end is None:
            self._reach(row, office, key)

    def _office(
        self, row: Row, office: str, key: str, start: PartialDate | None, end: PartialDate | None
    ) -> None:
        if not row["area"]:
            raise ValueError(f"no area: a {office} has one")
        source_id = f"{office}/{row['area_code'] or fold(row['area'])}/{key}"
        if source_id in self.offices:
            source_id = f"{source_id}/{start or ''}"
        if source_id in self.offices:
            raise ValueError(f"{row['name']} holds this office twice from the same day")
        party = party_of(row["party"]) if row["party"] else None
        if party:
            self.parties[party.key] = party
        self.offices[source_id] = OfficeRecord(
            source_id=source_id,
            holder=key,
            kind=office,
            area=_area(row, office, start),
            institution=office in INSTITUTIONS,
            party_key=party.key if party else None,
            start=start,
            end=end,
            place=row.place,
            source_note=row["source"],
        )

    def _post(
        self, row: Row, office: str, key: str, start: PartialDate | None, end: PartialDate | None
    ) -> None:
        """A minister's `area` is the post: “Minister of State (Home Office)”."""
        if not row["area"]:
            raise ValueError(f"no area: write the post of the {office} there")
        source_id = f"{office}/{fold(row['area'])}/{key}/{start or ''}"
        body = ("government", fold(row["source"]).replace(" ", "-"))
        self.bodies[body] = BodyRecord(*body, row["source"])
        self.posts[source_id] = AffiliationRecord(
            source_id, key, POSTS[office], body, row["area"], start, end
        )

    def _reach(self, row: Row, office: str, key: str) -> None:
        self.complete.add(key)
        email, website = row["email"] or None, row["website"] or None
        if email and not _EMAIL.match(email):
            self.rejected.append(
                Rejection(row.place, f"“{email}” is not an email address; {row['name']} is kept without")
            )
            email = None
        if website and not _WEB.match(website):
            self.rejected.append(
                Rejection(row.place, f"“{website}” is not a web address; {row['name']} is kept without")
            )
            website = None
        if email or row["phone"] or row["address"]:
            kind = "parliamentary_office" if office in _ASSEMBLY else "department"
            self.reach.append(ReachRecord(key, kind, email, row["phone"] or None, row["address"] or None))
        if website:
            self.reach.append(ReachRecord(key, "website", url=website))

    def records(self) -> OfficeRecords:
        return OfficeRecords(
            source="offices",
            holders=self.holders,
            parties=tuple(self.parties.values()),
            offices=tuple(self.offices.values()),
            bodies=tuple(self.bodies.values()),
            affiliations=tuple(self.posts.values()),
            reach=tuple(self.reach),
            complete_reach=frozenset(self.complete),
            rejected=tuple(self.rejected),
        )


def _check_office(office: str) -> None:
    if office in _OWN_SOURCES:
        raise ValueError(f"a {office} comes from Parliament’s own files, which say more")
    if office not in {*AREAS, *INSTITUTIONS, *POSTS}:
        known = ", ".join(sorted({*AREAS, *INSTITUTIONS, *POSTS}))
        raise ValueError(f"“{office}” is not an office; write one of {known}")


def _holder(row: Row, office: str) -> Holder:
    """Whom the row means: by the source's number where it has one, else by name, office and area."""
    said = fold(row["source"]).replace(" ", "_")
    place = row["area_code"] or fold(row["area"])
    number = row["source_id"]
    identifier = (
        Identifier(f"office:{said}", number)
        if number
        else Identifier(OFFICE_NAME, f"{office}/{place}/{fold(row['name'])}")
    )
    says = {name: row[name] for name in ("name", "office", "area", "party", "start", "source") if row[name]}
    return Holder(
        (identifier,), (NameRecord(bare_name(row["name"])),), row["name"], "create", False, row.place, says
    )


def _area(row: Row, office: str, start: PartialDate | None) -> AreaHint:
    code = row["area_code"].upper() or None
    if office in INSTITUTIONS:
        return AreaHint(INSTITUTIONS[office], row["area"], code)
    if code and not _CODE.match(code):
        raise ValueError(f"“{row['area_code']}” is not a GSS code")
    kind = AREAS[office]
    return AreaHint(kind, row["area"], code, start.earliest if start else None, kind in _MAKES_AREA)


def _date(row: Row, column: str) -> PartialDate | None:
    return PartialDate.parse(row[column]) if row[column] else None


def _recognises(source: SourceText) -> bool:
    return len({"name", "office", "area", "area_code", "source_id"} & set(source.columns)) >= 4


register(Reader("offices", _recognises, read_offices))
