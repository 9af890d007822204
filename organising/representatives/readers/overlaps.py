"""How areas overlap: old seats with new ones (two sources), and local authorities with seats."""

from __future__ import annotations

from typing import Final

from organising.representatives.readers.cells import GSS_CODE, gss, share
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, Rejection
from organising.representatives.readers.register_records import (
    GSS_2010,
    GSS_DRAFT,
    LINKS,
    MYSOCIETY,
    OverlapRecord,
    RegisterRecords,
    Role,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

COLUMNS: Final = (
    "key", "from_code", "from_name", "to_code", "to_name", "from_homes", "to_homes", "from_area", "to_area",
    "from_people", "to_people",
)  # fmt: skip
SEATS: Final = "constituencies_2024.csv and constituencies_2010_2024.csv"
COMBO: Final = ("PARL10", "PARL25", "percentage_overlap_area", "percentage_overlap_pop")


class Mentions:
    """The places that a file refers to, each named once."""

    def __init__(self) -> None:
        self.places: dict[str, AreaRecord] = {}

    def of(
        self, kind: str, place: str, *identifiers: Identifier, name: str = "", role: Role = "mentions"
    ) -> str:
        """The key under which the records refer to it."""
        first = identifiers[0]
        key = f"{first.scheme}:{first.value}"
        if key not in self.places:
            code = first.value if first.scheme == GSS else None
            self.places[key] = AreaRecord(key, kind, name or first.value, place, role, identifiers, code)
        return key


def _read_parliament(source: SourceText) -> RegisterRecords:
    mentions = Mentions()
    overlaps: list[OverlapRecord] = []
    rejected: list[Rejection] = []
    for row in source.headless(COLUMNS).rows:
        try:
            shares = [share(row[one]) for one in ("from_people", "from_area", "to_people", "to_area")]
            old, new = gss(row["from_code"]), gss(row["to_code"])
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        former = mentions.of("westminster", row.place, Identifier(GSS_2010, old))
        # A draft code first: as a code in force it may name another seat of the former set.
        present = mentions.of("westminster", row.place, Identifier(GSS, new), Identifier(GSS_DRAFT, new))
        overlaps.append(OverlapRecord(former, present, row.place, *shares))
    return RegisterRecords(
        "parliament", LINKS, tuple(mentions.places.values()), overlaps=tuple(overlaps), needs=SEATS,
        rejected=tuple(rejected),
    )  # fmt: skip


def _read_mysociety(source: SourceText) -> RegisterRecords:
    source.table.require(COMBO)
    mentions = Mentions()
    overlaps: list[OverlapRecord] = []
    rejected: list[Rejection] = []
    for row in source.table.rows:
        try:
            people, ground = share(row["percentage_overlap_pop"]), share(row["percentage_overlap_area"])
            old = gss(row["PARL10"])
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        former = mentions.of("westminster", row.place, Identifier(GSS_2010, old))
        present = mentions.of("westminster", row.place, Identifier(MYSOCIETY, row["PARL25"]))
        overlaps.append(OverlapRecord(former, present, row.place, people, ground))
    return RegisterRecords(
        "mysociety", LINKS, tuple(mentions.places.values()), overlaps=tuple(overlaps), needs=SEATS,
        rejected=tuple(rejected),
    )  # fmt: skip


def _read_districts(source: SourceText) -> RegisterRecords:
    """``{district: {seat: share of the district}}``; the shares of a district make 1."""
    mentions = Mentions()
    overlaps: list[OverlapRecord] = []
    rejected: list[Rejection] = []
    root = Node.root(source.path, source.value)
    for district in source.value:
        seats = root.node(district)
        authority = mentions.of("local_authority", seats.place, Identifier(GSS, district))
        for code, part in seats.members.items():
            place = f"{seats.place}.{code}"
            if isinstance(part, bool) or not isinstance(part, int | float):
                raise UnreadableFile(source.path, f"$.{place}", "expected a number")
            try:
                people = share(str(part))
                seat = mentions.of("westminster", place, Identifier(GSS, gss(code)))
            except ValueError as error:
                rejected.append(Rejection(place, str(error)))
                continue
            overlaps.append(OverlapRecord(authority, seat, place, people))
    return RegisterRecords(
        "open_innovations", LINKS, tuple(mentions.places.values()), overlaps=tuple(overlaps),
        needs="constituencies_2024.csv and uk_local_authorities_current.csv", rejected=tuple(rejected),
    )  # fmt: skip


def _is_parliament(source: SourceText) -> bool:
    cells = [cell.lstrip("\ufeff") for cell in source.columns]
    return len(cells) > 4 and cells[0] == cells[1] + cells[3] and bool(GSS_CODE.match(cells[1]))


def _is_districts(source: SourceText) -> bool:
    return (
        bool(source.members)
        and all(GSS_CODE.match(one) for one in source.members)
        and all(isinstance(one, dict) for one in source.value.values())
    )


register(Reader("overlaps_parliament", _is_parliament, _read_parliament))
register(Reader("overlaps_mysociety", lambda s: {"PARL10", "PARL25"} <= {*s.columns}, _read_mysociety))
register(Reader("overlaps_districts", _is_districts, _read_districts))
