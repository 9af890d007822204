"""The constituencies of both boundary sets, and the table that joins their codes.

What bites: five Scottish codes name a seat of either set, so the former ones have a scheme of their own; five others were
given up before they came into force, and some overlaps still use them.
"""

from __future__ import annotations

from typing import Final

from organising.representatives.names import fold
from organising.representatives.readers.cells import day, each, gss
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, PartialDate, Rejection
from organising.representatives.readers.register_records import (
    GSS_2010,
    GSS_DRAFT,
    LINKS,
    MNIS_CONSTITUENCY,
    MYSOCIETY,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import Row

PRESENT: Final = ("gss_code", "name", "short_code", "mnis_constituency_id", "nation")
FORMER: Final = ("gss_code", "name", "mnis_constituency_id", "start_on", "end_on")
# The boundaries came into force when the parliament before them was dissolved (30 May 2024).
_IN_FORCE: Final = PartialDate(2024, 5, 31)


def _present(row: Row) -> AreaRecord:
    code, name = gss(row["gss_code"]), row["name"]
    if not name:
        raise ValueError("no name")
    given = {
        GSS: code,
        MNIS_CONSTITUENCY: row["mnis_constituency_id"],
        MYSOCIETY: row["short_code"],
        GSS_DRAFT: row.cells.get("previous_draft_gss_code", ""),
    }
    others = (row.cells.get("name_cy", ""), row.cells.get("other_name", ""))
    return AreaRecord(
        key=code,
        kind="westminster",
        name=name,
        place=row.place,
        identifiers=tuple(Identifier(scheme, value) for scheme, value in given.items() if value),
        gss_code=code,
        other_names=tuple(one for one in others if one),
        region=row.cells.get("region_name") or None,
        country=row["nation"] or None,
        start=_IN_FORCE,
    )


def _former(row: Row) -> AreaRecord:
    code, name = gss(row["gss_code"]), row["name"]
    start, end = day(row["start_on"]), day(row["end_on"])
    if not name or end is None:
        raise ValueError("no name" if not name else "no end: a former constituency has one")
    if start and start > end:
        raise ValueError(f"ends on {end}, before it starts on {start}")
    number = row["mnis_constituency_id"]
    return AreaRecord(
        key=code,
        kind="westminster",
        name=name,
        place=row.place,
        identifiers=(
            Identifier(GSS_2010, code),
            *([Identifier(MNIS_CONSTITUENCY, number)] if number else []),
        ),
        gss_code=code,
        start=PartialDate.of(start) if start else None,
        end=PartialDate.of(end),
    )


def once(places: list[AreaRecord]) -> tuple[tuple[AreaRecord, ...], list[Rejection]]:
    """The places without those whose code or name was there before."""
    kept: dict[str, AreaRecord] = {}
    names: set[str] = set()
    rejected: list[Rejection] = []
    for one in places:
        if one.key in kept or fold(one.name) in names:
            rejected.append(Rejection(one.place, f"{one.name} ({one.key}) appears twice"))
        else:
            kept[one.key] = one
            names.add(fold(one.name))
    return tuple(kept.values()), rejected


def _read_present(source: SourceText) -> RegisterRecords:
    source.table.require(PRESENT)
    taken, rejected = each(source.table.rows, _present)
    places, twice = once(taken)
    return RegisterRecords("constituencies_2024", places=places, rejected=(*rejected, *twice))


def _read_former(source: SourceText) -> RegisterRecords:
    source.table.require(FORMER)
    taken, rejected = each(source.table.rows, _former)
    places, twice = once(taken)
    return RegisterRecords("constituencies_2010_2024", places=places, rejected=(*rejected, *twice))


def _read_codes(source: SourceText) -> RegisterRecords:
    root = Node.root(source.path, source.value)
    places: list[AreaRecord] = []
    rejected: list[Rejection] = []
    for key in source.value:
        entry = root.node(key)
        try:
            code = gss(entry.text("parlcon_2024_gss_code"))
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
            continue
        welsh = entry.find_text("parlcon_2024_name_cy")
        places.append(
            AreaRecord(
                key=key,
                kind="westminster",
                name=entry.text("parlcon_2024_name"),
                place=entry.place,
                role="completes",
                identifiers=(Identifier(GSS, code), Identifier(MYSOCIETY, key)),
                gss_code=code,
                other_names=(welsh,) if welsh else (),
            )
        )
    return RegisterRecords(
        "mysociety_lookup", LINKS, tuple(places), rejected=tuple(rejected), needs="constituencies_2024.csv"
    )


def _is_codes(source: SourceText) -> bool:
    return bool(source.members) and all(key.startswith("UKPARL.") for key in source.members)


register(Reader("constituencies_2024", lambda s: {*PRESENT[:3]} <= {*s.columns}, _read_present))
register(
    Reader(
        "constituencies_2010_2024",
        lambda s: {"gss_code", "mnis_constituency_id", "end_on"} <= {*s.columns},
        _read_former,
    )
)
register(Reader("mysociety_lookup", _is_codes, _read_codes))
