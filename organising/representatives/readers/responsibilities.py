"""Who answers for which public service in each constituency, and in which other areas each constituency lies.

From the House of Commons Library. What bites: a cell may name several bodies; the areas' codes are not all official ones; the
boards of health are those after the mergers of 2026.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Final

from organising.representatives.readers.cells import GSS_CODE, each, gss, share
from organising.representatives.readers.code_names import force_name
from organising.representatives.readers.health import DIVIDED, MERGED_ON, SUCCESSIONS
from organising.representatives.readers.overlaps import Mentions
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, PartialDate, Rejection
from organising.representatives.readers.register_records import (
    LINKS,
    RESPONSIBILITIES,
    DutyRecord,
    InstitutionRecord,
    OverlapRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

LIBRARY: Final = "commons_library"
# The file's types: the kind of area, and the kind of body that serves it.
TYPES: Final = {
    "Police Force Area": ("police_force", "police_force"),
    "NHS ICS": ("icb", "health_board"),
    "Scottish Health Board": ("icb", "health_board"),
    "Welsh health board": ("icb", "health_board"),
    "Northern Ireland HSC trust": ("icb", "trust"),
    "Combined authority": ("combined_authority", "local_authority"),
    "Combined county authority": ("combined_authority", "local_authority"),
    "Greater London Authority": ("combined_authority", "local_authority"),
    "Fire and rescue authority": ("fire_authority", "other"),
    **dict.fromkeys(
        (
            "County council", "District council", "Metropolitan borough", "Unitary authority", "London borough",
            "Scotland council", "Wales LA", "Northern Ireland LGD",
        ),
        ("local_authority", "local_authority"),
    ),
}  # fmt: skip
_UNUSED: Final = {"Local Planning Authority", "Water company", "Sewerage company"}
DUTIES: Final = ("con_code", "con_name", "responsible_bodies", "responsibility")
SHARES: Final = ("con_code", "con_name", "area_code", "area_name", "type", "con_pop_%")


class _Shares:
    def __init__(self) -> None:
        self.mentions = Mentions()
        self.places: dict[str, AreaRecord] = {}
        self.bodies: dict[str, InstitutionRecord] = {}
        self.ignored: Counter[str] = Counter()

    def take(self, row: Row) -> OverlapRecord | None:
        kind = row["type"]
        if kind in _UNUSED:
            self.ignored[f"a {kind.lower()}: such areas are not kept"] += 1
            return None
        if kind not in TYPES:
            raise ValueError(f"“{kind}” is no type of area that is known")
        part = share(row["con_pop_%"], whole=100)
        if not row["area_code"] or not row["area_name"]:
            raise ValueError("no code or no name of the area")
        seat = self.mentions.of("westminster", row.place, Identifier(GSS, gss(row["con_code"])))
        return OverlapRecord(seat, self._area(row), row.place, part)

    def _area(self, row: Row) -> str:
        code, name = row["area_code"], row["area_name"]
        area_kind, body_kind = TYPES[row["type"]]
        key = f"{area_kind}:{code}"
        if key in self.places:
            return key
        official = bool(GSS_CODE.match(code))
        identifier = Identifier(GSS if official else LIBRARY, code)
        merged = PartialDate.of(MERGED_ON) if code in SUCCESSIONS else None
        self.places[key] = AreaRecord(
            key, area_kind, name, row.place, "adds", (identifier,), code if official else None, start=merged
        )
        self.bodies[key] = InstitutionRecord(
            key, body_kind, force_name(name) if body_kind == "police_force" else name, row.place, "adds",
            (identifier,), area_key=key, started_on=MERGED_ON if merged else None,
        )  # fmt: skip
        return key

    def end_merged(self) -> None:
        """The boards that are no more, once the file names their successors."""
        last = MERGED_ON - timedelta(days=1)
        before = {
            old: new for new, olds in SUCCESSIONS.items() for old in olds if f"icb:{new}" in self.places
        }
        if before:
            before.update(dict.fromkeys(DIVIDED, ""))
        for old, new in before.items():
            key = f"icb:{old}"
            self.places[key] = AreaRecord(
                key, "icb", "", old, "completes", (Identifier(GSS, old),), end=PartialDate.of(last)
            )
            self.bodies[key] = InstitutionRecord(
                key, "health_board", "", old, "completes", (Identifier(GSS, old),),
                successor_key=f"icb:{new}" if new else None, ended_on=last,
            )  # fmt: skip


def _read_shares(source: SourceText) -> RegisterRecords:
    source.table.require(SHARES)
    shares = _Shares()
    taken, rejected = each(source.table.rows, shares.take)
    shares.end_merged()
    return RegisterRecords(
        LIBRARY, LINKS, (*shares.mentions.places.values(), *shares.places.values()),
        tuple(shares.bodies.values()), tuple(one for one in taken if one), needs="constituencies_2024.csv",
        rejected=tuple(rejected), ignored=dict(shares.ignored),
    )  # fmt: skip


def _read_duties(source: SourceText) -> RegisterRecords:
    source.table.require(DUTIES)
    mentions = Mentions()

    def take(row: Row) -> DutyRecord:
        seat = mentions.of("westminster", row.place, Identifier(GSS, gss(row["con_code"])))
        bodies = tuple(
            dict.fromkeys(one.strip() for one in row["responsible_bodies"].split(";") if one.strip())
        )
        if not bodies or not row["responsibility"]:
            raise ValueError("no body or no responsibility")
        return DutyRecord(seat, row["responsibility"], bodies, row.place)

    taken, rejected = each(source.table.rows, take)
    duties: dict[tuple[str, str], DutyRecord] = {}
    for one in taken:
        if (one.area_key, one.service) in duties:
            rejected.append(Rejection(one.place, f"{one.service} was there before for this constituency"))
        duties.setdefault((one.area_key, one.service), one)
    return RegisterRecords(
        "commons_library_duties", RESPONSIBILITIES, tuple(mentions.places.values()),
        duties=tuple(duties.values()), needs="constituencies_2024.csv", rejected=tuple(rejected),
    )  # fmt: skip


register(Reader("overlaps_library", lambda s: {"con_code", "area_code"} <= {*s.columns}, _read_shares))
register(
    Reader("responsibilities", lambda s: {"con_code", "responsible_bodies"} <= {*s.columns}, _read_duties)
)
