"""Frozen records of files that tell more than seats: offices, posts, groups, addresses, candidates, polls.

A holder is somebody whom a source names, by number or only by name; an import finds the person on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from organising.representatives.readers.records import (
    AreaRecord,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    Rejection,
    SourceRecords,
)

# What becomes of somebody who is not on record: made, kept by name or number until they are, left out with a
# reason, or left out and counted.
Unknown = Literal["create", "keep", "refuse", "ignore"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whom a source names. The first identifier is the one under which an answer is remembered.

    ``certain``: one who is on record has one of these identifiers, so a namesake is somebody else.
    ``says`` is what the file says of them, for the person who is asked.
    """

    identifiers: tuple[Identifier, ...]
    names: tuple[NameRecord, ...] = ()
    full_title: str | None = None
    unknown: Unknown = "refuse"
    certain: bool = False
    place: str = ""
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.names[0].text if self.names else self.identifiers[0].value


@dataclass(frozen=True, slots=True)
class AreaHint:
    """The area or institution that a row means, by code or by name, as of a day; `may_create` where it is new."""

    kind: str
    name: str
    code: str | None = None
    on: date | None = None
    may_create: bool = False


@dataclass(frozen=True, slots=True)
class OfficeRecord:
    """One term in one office.

    `secondary`: another source may have told it already under an id of its own, so an overlapping term of the
    same person in the same seat is the same term. A candidate without an end stood until the day of the poll.
    """

    source_id: str
    holder: str
    kind: str
    area: AreaHint | None = None
    institution: bool = False
    party_key: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    start_reason: str | None = None
    end_reason: str | None = None
    place: str = ""
    source_note: str | None = None
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """A committee or group; one without a name only repeats its key."""

    kind: str
    key: str
    name: str | None = None
    parliament: str | None = None
    purpose: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class AffiliationRecord:
    """One post or membership; `body` is a kind and key."""

    source_id: str
    holder: str
    kind: str
    body: tuple[str, str] | None = None
    role: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class ReachRecord:
    """A way to reach a holder: at least one of email, phone, address, url."""

    holder: str
    kind: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    url: str | None = None
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """A poll in a seat. `poll` None: the file does not say its day."""

    area: AreaHint
    kind: str
    poll: date | None
    place: str
    result: str | None = None
    electorate: int | None = None
    valid_votes: int | None = None
    majority: int | None = None


@dataclass(frozen=True, slots=True)
class WinnerRecord:
    """Who won a seat, to be checked against the terms on record."""

    area: AreaHint
    holder: str
    poll: date | None
    by_election: bool
    place: str


@dataclass(frozen=True)
class OfficeRecords:
    """All that one such file says.

    `sitting` is a table of who sits now, where the file is one. `complete_groups`: open memberships of groups
    that the source no longer names have ended; `complete_reach`: so have addresses of these holders.
    `old_seats` only add to what is on record.
    """

    source: str
    # After the people; by-elections after the general election, which knows more numbers of its candidates.
    order: int = 40
    holders: Mapping[str, Holder] = field(default_factory=dict)
    sitting: SourceRecords | None = None
    parties: tuple[PartyRecord, ...] = ()
    offices: tuple[OfficeRecord, ...] = ()
    bodies: tuple[BodyRecord, ...] = ()
    affiliations: tuple[AffiliationRecord, ...] = ()
    complete_groups: bool = False
    reach: tuple[ReachRecord, ...] = ()
    complete_reach: frozenset[str] = frozenset()
    contests: tuple[ContestRecord, ...] = ()
    winners: tuple[WinnerRecord, ...] = ()
    old_seats: tuple[AreaRecord, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
