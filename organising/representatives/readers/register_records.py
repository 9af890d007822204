"""Frozen records of what registers say of areas and public bodies.

Keys join the records of one file, and name an entry to the same register the next time it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from organising.representatives.readers.records import AreaRecord, Identifier, Rejection, Role

GSS_2010 = "gss_2010"
GSS_DRAFT = "gss_draft"
ODS = "ods"
MNIS_CONSTITUENCY = "mnis_constituency"
MYSOCIETY = "mysociety"
LA_REGISTER = "local_authority_register"

# Areas and bodies that others refer to come first; see `Records.order`.
AREAS, LAYOUTS, BODIES, LINKS, LATE_BODIES, RESPONSIBILITIES = 10, 12, 20, 22, 24, 26


@dataclass(frozen=True, slots=True)
class InstitutionRecord:
    """A public body. ``is_over``: the source says that it ended, and not when. ``successor_key``: another record's key."""

    key: str
    kind: str
    name: str
    place: str
    role: Role = "decides"
    identifiers: tuple[Identifier, ...] = ()
    other_names: tuple[str, ...] = ()
    area_key: str | None = None
    successor_key: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    is_over: bool = False
    address: str | None = None
    postcode: str | None = None
    email: str | None = None
    requests_email: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class OverlapRecord:
    """What part of one place lies in another: shares from 0 to 1 of the first, then of the second."""

    from_key: str
    to_key: str
    place: str
    population_share: float | None = None
    area_share: float | None = None
    to_population_share: float | None = None
    to_area_share: float | None = None


@dataclass(frozen=True, slots=True)
class CellRecord:
    """A hexagon: the key of its place, its column and row."""

    key: str
    q: int
    r: int


@dataclass(frozen=True, slots=True)
class LayoutRecord:
    """A map of hexagons. ``kind`` is that of its areas."""

    name: str
    kind: str
    orientation: str
    version: str | None
    cells: tuple[CellRecord, ...]


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """Who answers for one service in one place."""

    area_key: str
    service: str
    bodies: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class RegisterRecords:
    """All that one register says. ``needs`` says in words what to load first where nothing it names is known."""

    source: str
    order: int = AREAS
    places: tuple[AreaRecord, ...] = ()
    institutions: tuple[InstitutionRecord, ...] = ()
    overlaps: tuple[OverlapRecord, ...] = ()
    layout: LayoutRecord | None = None
    duties: tuple[DutyRecord, ...] = ()
    needs: str = ""
    rejected: tuple[Rejection, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParliamentRecord:
    """A parliament from its election, or the first day of one held over weeks, to its dissolution."""

    number: int
    elected_on: date
    dissolved_on: date | None
    place: str


@dataclass(frozen=True, slots=True)
class ParliamentRecords:
    """The parliaments of the Commons."""

    parliaments: tuple[ParliamentRecord, ...]
    source: str = "parliament_periods"
    order: int = AREAS
    rejected: tuple[Rejection, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
