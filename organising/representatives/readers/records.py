"""Frozen records of what a source says: the desired state that an import compares with the database.

Keys (`PersonRecord.key`, `AreaRecord.key`, …) join the records of one file and mean nothing beyond it;
identifiers (`Identifier`) are what recognises the same person or area in another file.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar, Literal

from organising.representatives.names import fold

PUBLICWHIP = "publicwhip"
MNIS = "mnis"
GSS = "gss"
INVENTED = "invented"
# Made of a name and where it stands, by files that give no number: an answer to a question is remembered under it.
SEAT_NAME = "seat_name"
CANDIDATE_NAME = "candidate_name"
OFFICE_NAME = "office_name"
GROUP_NAME = "appg_name"
NAMED_ONLY = frozenset({SEAT_NAME, CANDIDATE_NAME, OFFICE_NAME, GROUP_NAME})

Precision = Literal["day", "month", "year"]
HoldingKind = Literal["mp", "peer"]
# decides: makes what is new, and says what it is called. adds: makes what is new, leaves a name as it is.
# completes: adds codes and spellings to what is known. mentions: only refers to what is known.
Role = Literal["decides", "adds", "completes", "mentions"]

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or only the year; what is not known is never made up."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2017`, `2017-06` or `2017-06-09`. Raises ValueError with a sentence for anything else."""
        found = _PARTIAL.match(text.strip())
        if not found:
            raise ValueError(f"“{text}” is not a date (expected year, year-month or year-month-day)")
        year, month, day = (int(part) if part else None for part in found.groups())
        try:
            date(year or 0, 1 if month is None else month, 1 if day is None else day)
        except ValueError:
            raise ValueError(f"“{text}” is not a date in the calendar") from None
        return cls(year or 0, month, day)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The same day, known exactly."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def known_to(cls, day: date, precision: Precision) -> PartialDate:
        """`day` cut down to `precision`."""
        if precision == "year":
            return cls(day.year)
        return cls(day.year, day.month) if precision == "month" else cls.of(day)

    @property
    def precision(self) -> Precision:
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


def day_before(day: date) -> date:
    """The day on which what a new holding replaces came to its end."""
    return day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Identifier:
    """What another system calls the same thing: `mnis` 172, `publicwhip` uk.org.publicwhip/person/10001."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class NameRecord:
    """A name a person goes or went by; `main` is how they are called, the others only help to find them."""

    text: str
    main: bool = True
    family: str | None = None
    honorific: str | None = None
    peerage: bool = False
    start: PartialDate | None = None
    end: PartialDate | None = None

    def holds_on(self, day: date) -> bool:
        return (self.start is None or self.start.earliest <= day) and (
            self.end is None or day <= self.end.latest
        )


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person; `full_title` is the style as printed (“Rt Hon Sir … MP”), None where the source has none.

    `place` and `says`: where the file has them and what it tells, for whoever is asked about them.
    """

    key: str
    identifiers: tuple[Identifier, ...]
    names: tuple[NameRecord, ...]
    full_title: str | None = None
    place: str = ""
    says: Mapping[str, str] = field(default_factory=dict)

    def name_on(self, day: date) -> NameRecord:
        """The main name in force on `day`, else the newest main name, else any."""
        mains = [name for name in self.names if name.main] or list(self.names)
        current = [name for name in mains if name.holds_on(day)]
        return (current or mains)[-1]


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """An area, and where in the file it stands. `hexagon` is (q, r) in an odd-r layout, where the source brings one."""

    key: str
    kind: str
    name: str
    place: str = ""
    role: Role = "decides"
    identifiers: tuple[Identifier, ...] = ()
    gss_code: str | None = None
    other_names: tuple[str, ...] = ()
    region: str | None = None
    country: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    hexagon: tuple[int, int] | None = None


def named_in(area: AreaRecord, name: str) -> Identifier:
    """What somebody is called whom a table of seats names without a number."""
    return Identifier(SEAT_NAME, f"{area.key}/{fold(name)}")


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """A party or group, under the key that all spellings of its name share."""

    key: str
    name: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class HoldingRecord:
    """One term in one office for one party. `source_id` names it inside its source, where that does."""

    source_id: str | None
    person_key: str
    kind: HoldingKind
    area_key: str | None
    party_key: str | None
    start: PartialDate | None = None
    end: PartialDate | None = None
    start_reason: str | None = None
    end_reason: str | None = None
    source_note: str | None = None


@dataclass(frozen=True, slots=True)
class ContactPointRecord:
    """A way to reach a person. `email` None says that the source looked and has none."""

    person_key: str
    email: str | None
    kind: str = "parliamentary_office"


@dataclass(frozen=True, slots=True)
class Rejection:
    """An entry that was left out: where it stands in the file, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRecords:
    """All that one file says.

    `dated` sources tell terms with their dates; an undated one (a table of who sits now) is a snapshot, and
    names seats without a member in `vacant`. `ignored` counts, by reason, what the product has no use for.
    `repeated`: the very same file was imported before, so what a later one told otherwise is no news.
    """

    order: ClassVar[int] = 30

    source: str
    dated: bool
    persons: tuple[PersonRecord, ...]
    areas: tuple[AreaRecord, ...]
    parties: tuple[PartyRecord, ...]
    holdings: tuple[HoldingRecord, ...]
    contact_points: tuple[ContactPointRecord, ...] = ()
    vacant: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    repeated: bool = False

    def open_on(self, day: date) -> list[HoldingRecord]:
        """The holdings in force on `day`."""
        return [
            one
            for one in self.holdings
            if (one.start is None or one.start.earliest <= day) and (one.end is None or day <= one.end.latest)
        ]
