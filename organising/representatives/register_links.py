"""Comparing overlaps, hexagons and responsibilities with those on record. What a source no longer names is ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.names import fold
from organising.representatives.readers.records import GSS, AreaRecord
from organising.representatives.readers.register_records import (
    GSS_2010,
    GSS_DRAFT,
    DutyRecord,
    LayoutRecord,
    OverlapRecord,
)
from organising.representatives.register_known import Register

SHARES = ("population_share", "area_share", "to_population_share", "to_area_share")
_EVERYWHERE = "Police"

Row = dict[str, Any]


@dataclass
class Links:
    """Rows of a table as they are on record and as they shall be, by their key."""

    known: dict[tuple[Any, ...], Row]
    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def put(self, key: tuple[Any, ...], row: Row) -> str:
        """Keep a row; returns what became of it."""
        self.seen.add(key)
        before = self.known.get(key)
        if before == row:
            return "unchanged"
        (self.added if before is None else self.changed).append(row)
        self.known[key] = row
        return "created" if before is None else "updated"

    def end_rest(self, register: Register) -> list[Row]:
        """End the rows that were not seen; returns them."""
        gone = [
            {**row, "ended_on": register.draft.as_of}
            for key, row in self.known.items()
            if key not in self.seen and row["ended_on"] is None
        ]
        self.changed.extend(gone)
        return gone


def compare_overlaps(register: Register, overlaps: tuple[OverlapRecord, ...], links: Links) -> None:
    """What part of which area lies in which other."""
    draft = register.draft
    for record in overlaps:
        here, there = register.places.get(record.from_key), register.places.get(record.to_key)
        if here is None or there is None:
            missing = record.from_key if here is None else record.to_key
            draft.reject(record.place, f"no area on record has the code {missing.rpartition(':')[2]}")
            continue
        if here == there or (register.source, here, there) in links.seen:
            draft.reject(
                record.place, "an area with itself" if here == there else "this pair was there before"
            )
            continue
        outcome = put_overlap(register, links, here, there, record)
        draft.note("overlap", outcome, f"{register.areas[here].name} and {register.areas[there].name}")
    if overlaps:
        for row in links.end_rest(register):
            here, there = row["from_area_id"], row["to_area_id"]
            draft.note("overlap", "closed", f"{register.areas[here].name} and {register.areas[there].name}")


def put_overlap(register: Register, links: Links, here: UUID, there: UUID, record: OverlapRecord) -> str:
    """Keep one overlap; returns what became of it."""
    row = {
        "source": register.source, "from_area_id": here, "to_area_id": there,
        **{share: getattr(record, share) for share in SHARES}, "ended_on": None,
    }  # fmt: skip
    return links.put((register.source, here, there), row)


def compare_duties(register: Register, duties: tuple[DutyRecord, ...], links: Links, overlaps: Links) -> None:
    """Who answers for what in which constituency; a force that serves all of one overlaps with it."""
    draft = register.draft
    bodies = _bodies(register)
    for record in duties:
        area = register.places.get(record.area_key)
        if area is None:
            code = record.area_key.rpartition(":")[2]
            draft.reject(record.place, f"no constituency on record has the code {code}")
            continue
        outcomes: set[str] = set()
        for body in record.bodies:
            institution = bodies.get(fold(body))
            row = {
                "area_id": area, "service": record.service, "body": body, "institution_id": institution,
                "ended_on": None,
            }  # fmt: skip
            outcomes.add(links.put((area, record.service, body), row))
        if record.service == _EVERYWHERE and len(record.bodies) == 1:
            _serve(register, overlaps, area, bodies.get(fold(record.bodies[0])), record)
        outcome = outcomes.pop() if len(outcomes) == 1 else "updated"
        draft.note("responsibility", outcome, f"{register.areas[area].name}: {record.service}")
    for gone in links.end_rest(register):
        label = f"{register.areas[gone['area_id']].name}: {gone['service']}"
        draft.note("responsibility", "closed", label, gone["body"])
    overlaps.end_rest(register)


def _serve(register: Register, links: Links, area: UUID, body: UUID | None, record: DutyRecord) -> None:
    served = register.institutions[body].area_id if body else None
    if served and served != area:
        overlap = OverlapRecord("", "", record.place, population_share=1.0, area_share=1.0)
        put_overlap(register, links, area, served, overlap)


def _bodies(register: Register) -> dict[str, UUID]:
    """Institutions by every name that means only one of those that exist."""
    found: defaultdict[str, set[UUID]] = defaultdict(set)
    called: defaultdict[str, set[UUID]] = defaultdict(set)
    for one in register.institutions.values():
        if one.ended_on is None or one.ended_on >= register.draft.as_of:
            called[fold(one.name)].add(one.id)
            for name in one.names:
                found[fold(name)].add(one.id)
    # A name of one's own goes before a spelling of another's.
    return {
        name: next(iter(called[name] if len(called.get(name, ())) == 1 else ids))
        for name, ids in found.items()
        if len(called.get(name, ())) == 1 or len(ids) == 1
    }


def compare_layout(
    register: Register, places: tuple[AreaRecord, ...], layout: LayoutRecord, known: Mapping[str, Any]
) -> None:
    """Where each area's hexagon stands. ``known``: rows by layout name, cells by layout id."""
    draft = register.draft
    scheme = _generation(register, places)
    row = known["layouts"].get(layout.name)
    layout_id = row.id if row else new_id()
    wanted: Row = {
        "id": layout_id, "name": layout.name, "kind": layout.kind, "orientation": layout.orientation,
        "version": layout.version,
    }  # fmt: skip
    if row is None:
        draft.added["layout"].append(wanted)
    elif (row.kind, row.orientation, row.version) != (layout.kind, layout.orientation, layout.version):
        draft.added["layout_changed"].append(wanted)
    before = dict(known["cells"].get(layout_id, {}))
    for place, cell in zip(places, layout.cells, strict=True):
        area = _area(register, place, scheme)
        if area is None:
            draft.reject(place.place, f"no area on record is {place.name} ({cell.key})")
            continue
        at = before.pop(area, None)
        outcome = "created" if at is None else "unchanged" if at == (cell.q, cell.r) else "updated"
        draft.note("hexagon", outcome, register.areas[area].name)
        if outcome != "unchanged":
            draft.added[f"cell_{outcome}"].append(
                {"layout_id": layout_id, "area_id": area, "q": cell.q, "r": cell.r}
            )
        if scheme == GSS and _is_newest(layout, known):
            _draw(register, area, (cell.q, cell.r))
    for area in before:
        draft.added["cell_removed"].append((layout_id, area))
        draft.note("hexagon", "closed", register.areas[area].name)


def _generation(register: Register, places: tuple[AreaRecord, ...]) -> str:
    """Which set of boundaries a layout of seats shows: that of which more of its codes are known."""
    if places[0].kind != "westminster":
        return ""
    hits = {
        scheme: sum(
            one in register.area_of for place in places for one in place.identifiers if one.scheme == scheme
        )
        for scheme in (GSS, GSS_2010)
    }
    return GSS if hits[GSS] >= hits[GSS_2010] else GSS_2010


def _area(register: Register, place: AreaRecord, scheme: str) -> UUID | None:
    if not scheme:
        return register.places.get(place.key)
    schemes = (GSS, GSS_DRAFT) if scheme == GSS else (scheme,)
    found = (register.area_of.get(one) for one in place.identifiers if one.scheme in schemes)
    return next((one for one in found if one), None)


def _is_newest(layout: LayoutRecord, known: Mapping[str, Any]) -> bool:
    """Whether the map of members is drawn by this layout: the newest of those that show today's seats."""
    return all(
        (layout.version or "", layout.name) >= (other.version or "", other.name)
        for other in known["layouts"].values()
        if other.kind == "westminster" and other.id in known["present"]
    )


def _draw(register: Register, area_id: UUID, at: tuple[int, int]) -> None:
    area = register.areas[area_id]
    if area.end is None and area.hexagon != at:
        area.hexagon = at
        register.draft.change("area", area)
