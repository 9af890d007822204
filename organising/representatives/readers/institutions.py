"""Institutions from a table of one's own: `kind,name,email,requests_email,website,area_gss,successor,source`.

Only `kind` and `name` must be there. `key` tells entries apart that change their name; without it the name does. `successor`
is the name of another institution of the same kind, `started_on` and `ended_on` are days (2023-02-01).
"""

from __future__ import annotations

from typing import Final

from organising.representatives.names import fold
from organising.representatives.readers.cells import address, day, each, gss
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, Rejection
from organising.representatives.readers.register_records import (
    BODIES,
    InstitutionRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

KINDS: Final = (
    "department", "police_force", "police_commissioner", "health_board", "trust", "local_authority", "school",
    "other",
)  # fmt: skip
_AREAS: Final = {
    "police_force": "police_force",
    "police_commissioner": "police_force",
    "health_board": "icb",
    "trust": "icb",
}


def institution_key(kind: str, name: str) -> str:
    """How a table without keys names an entry."""
    return f"{kind}:{fold(name)}"


def _read(source: SourceText) -> RegisterRecords:
    source.table.require(("kind", "name"))
    taken, rejected = each(source.table.rows, _entry)
    bodies: dict[str, InstitutionRecord] = {}
    places: dict[str, AreaRecord] = {}
    for place, body in taken:
        if body.key in bodies:
            rejected.append(Rejection(body.place, f"{body.name} appears twice"))
            continue
        bodies[body.key] = body
        if place:
            places[place.key] = place
    return RegisterRecords(
        "institutions", BODIES, tuple(places.values()), tuple(bodies.values()), rejected=tuple(rejected)
    )


def _entry(row: Row) -> tuple[AreaRecord | None, InstitutionRecord]:
    kind, name = row["kind"], row["name"]
    if kind not in KINDS:
        raise ValueError(f"“{kind}” is none of {', '.join(KINDS)}")
    if not name:
        raise ValueError("no name")
    given = {one: row.cells.get(one) or None for one in ("email", "requests_email", "website", "postcode")}
    for one in ("email", "requests_email"):
        if given[one]:
            address(given[one] or "")
    place = _area(row, kind)
    started, ended = day(row.cells.get("started_on", "")), day(row.cells.get("ended_on", ""))
    if started and ended and started > ended:
        raise ValueError(f"{name} ends on {ended}, before it starts on {started}")
    successor = row.cells.get("successor")
    return place, InstitutionRecord(
        key=row.cells.get("key") or institution_key(kind, name),
        kind=kind,
        name=name,
        place=row.place,
        area_key=place.key if place else None,
        successor_key=institution_key(kind, successor) if successor else None,
        started_on=started,
        ended_on=ended,
        email=given["email"],
        requests_email=given["requests_email"],
        website=given["website"],
        postcode=given["postcode"],
        address=row.cells.get("address") or None,
    )


def _area(row: Row, kind: str) -> AreaRecord | None:
    code = row.cells.get("area_gss")
    if not code:
        return None
    area = _AREAS.get(kind, "local_authority")
    return AreaRecord(f"{area}:{gss(code)}", area, code, row.place, "mentions", (Identifier(GSS, code),))


register(
    Reader(
        "institutions",
        lambda s: (
            {"kind", "name"} <= {*s.columns}
            and bool({"area_gss", "requests_email", "successor"} & {*s.columns})
        ),
        _read,
    )
)
