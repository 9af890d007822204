"""Hexagon layouts in hexjson (https://open-innovations.org/projects/hexmaps/hexjson): an area, a column, a row."""

from __future__ import annotations

import re

from organising.representatives.readers.cells import GSS_CODE
from organising.representatives.readers.records import GSS, AreaRecord, Identifier
from organising.representatives.readers.register_records import (
    GSS_2010,
    GSS_DRAFT,
    LAYOUTS,
    ODS,
    CellRecord,
    LayoutRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, refuse, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

_ENDINGS = re.compile(r"(\.hexjson|\.json|\.gz)+\Z")
# What the codes of seats begin with, in either boundary set.
_SEATS = frozenset({"E14", "S14", "W07", "N05", "N06", "X14"})
_ORIENTATIONS = ("odd-r", "even-r", "odd-q", "even-q")


def _read(source: SourceText) -> RegisterRecords:
    root = Node.root(source.path, source.value)
    orientation = root.text("layout")
    if orientation not in _ORIENTATIONS:
        raise UnreadableFile(
            source.path, "$.layout", f"“{orientation}” is none of {', '.join(_ORIENTATIONS)}"
        )
    hexes = root.node("hexes")
    cells, places = [], []
    taken: dict[tuple[int, int], str] = {}
    for key in hexes.members:
        entry = hexes.node(key)
        q, r = _whole(entry, "q"), _whole(entry, "r")
        if (q, r) in taken:
            raise UnreadableFile(
                source.path, entry.path, f"stands on the hexagon of {taken[q, r]} ({q}, {r})"
            )
        taken[q, r] = key
        cells.append(CellRecord(key, q, r))
        places.append(_place(key, entry))
    if not cells:
        raise UnreadableFile(source.path, "$.hexes", "there is no hexagon")
    # A layout has no name of its own; it goes by its file's.
    name = _ENDINGS.sub("", source.path.name)
    layout = LayoutRecord(name, places[0].kind, orientation, root.find_text("version"), tuple(cells))
    return RegisterRecords(
        f"hexjson:{name}", LAYOUTS, tuple(places), layout=layout, needs="the areas that it shows"
    )


def _place(key: str, entry: Node) -> AreaRecord:
    if not GSS_CODE.match(key):
        name = f"{entry.find_text('ICS22NM') or entry.text('n')} Integrated Care Board"
        return AreaRecord(key, "icb", name, entry.place, "completes", (Identifier(ODS, key),))
    kind = "westminster" if key[:3] in _SEATS else "local_authority"
    # One of them exists; which set of boundaries is meant is told by the most cells.
    schemes = (GSS, GSS_DRAFT, GSS_2010) if kind == "westminster" else (GSS,)
    identifiers = tuple(Identifier(scheme, key) for scheme in schemes)
    return AreaRecord(key, kind, entry.text("n"), entry.place, "mentions", identifiers)


def _whole(entry: Node, name: str) -> int:
    value = entry.members.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnreadableFile(entry.file, f"{entry.path}.{name}", "expected a whole number")
    return value


register(Reader("hexjson", lambda s: "hexes" in s.members, _read))
register(
    Reader(
        "geojson",
        lambda s: {"type", "features"} <= s.members,
        refuse(
            "boundaries are not used: maps are drawn from hexagons (hexjson), and a postcode is looked up in its table"
        ),
    )
)
