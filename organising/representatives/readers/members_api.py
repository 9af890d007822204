"""Saved answers of Parliament's Members API: Search, Contact, Biography, Experience, Focus.

What bites: keys vary by entry and many are null; a member's number stands in `links` alone, except in a search;
`membershipFromId` is not a GSS code; a search tells the first day in the House and not of the term; dates carry a
time; `startYear` may stand without a month.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from organising.representatives.names import bare_name
from organising.representatives.parties import party_of
from organising.representatives.readers.office_records import (
    Holder,
    OfficeRecord,
    OfficeRecords,
    ReachRecord,
)
from organising.representatives.readers.records import (
    MNIS,
    AreaRecord,
    HoldingRecord,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    PersonRecord,
    Rejection,
    SourceRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, refuse, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

SOURCE = "members_api"
SEAT = "members_api_seat"
_SELF = re.compile(r"/Members/(\d+)", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@(?:[^@\s.,;<>\"]+\.)+[^@\s.,;<>\"]+\Z")
_WEB = re.compile(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)
_KINDS = {1: "parliamentary_office", 4: "constituency_office", 6: "website", 7: "social"}
_LINES = ("line1", "line2", "line3", "line4", "line5", "postcode")


# Search


def read_search(source: SourceText) -> OfficeRecords:
    """Who sits in the Commons, and the peers, of one page or of many joined. Raises UnreadableFile."""
    reading = SearchReading()
    root = Node.root(source.path, source.value)
    for entry in root.nodes("items", required=True):
        reading.take(entry.node("value"))
    return reading.records()


class SearchReading:
    """Members as a search lists them, taken one by one."""

    def __init__(self) -> None:
        self.persons: dict[str, PersonRecord] = {}
        self.areas: dict[str, AreaRecord] = {}
        self.parties: dict[str, PartyRecord] = {}
        self.sitting: list[HoldingRecord] = []
        self.peers: list[OfficeRecord] = []
        self.holders: dict[str, Holder] = {}
        self.rejected: list[Rejection] = []
        self.ignored: Counter[str] = Counter()

    def take(self, value: Node) -> None:
        """Take one member, or note why not."""
        number = value.text("id")
        try:
            if number in self.persons or number in self.holders:
                raise ValueError(f"member {number} appears twice")
            name = bare_name(value.find_text("nameDisplayAs") or "")
            if not name:
                raise ValueError(f"member {number} has no name")
            self._membership(value, number, name)
        except ValueError as error:
            self.rejected.append(Rejection(f"{value.place} (member {number})", str(error)))

    def _membership(self, value: Node, number: str, name: str) -> None:
        house = value.node("latestHouseMembership")
        title = value.find_text("nameFullTitle")
        start, end = date_of(house, "membershipStartDate"), date_of(house, "membershipEndDate")
        party = self._party(value)
        if house.find_text("house") == "2":
            peerage = NameRecord(name, peerage=True)
            self.holders[number] = Holder(
                (Identifier(MNIS, number),), (peerage,), title, "create", True, value.place
            )
            self.peers.append(
                OfficeRecord(
                    source_id=f"peer/{number}",
                    holder=number,
                    kind="peer",
                    party_key=party,
                    start=start,
                    end=end,
                    end_reason=house.find_text("membershipEndReason"),
                    place=f"{value.place} (member {number})",
                    secondary=True,
                )
            )
            return
        if end is not None or house.members.get("membershipStatus") is None:
            self.ignored["a former member of the Commons"] += 1
            return
        seat = AreaRecord(
            kind="westminster",
            key=house.text("membershipFromId"),
            name=house.text("membershipFrom"),
            identifiers=(Identifier(SEAT, house.text("membershipFromId")),),
        )
        if seat.key in self.areas:
            raise ValueError(f"{seat.name} already has a member")
        self.areas[seat.key] = seat
        self.persons[number] = PersonRecord(
            number, (Identifier(MNIS, number),), (NameRecord(name),), full_title=title
        )
        self.sitting.append(HoldingRecord(None, number, "mp", seat.key, party))

    def _party(self, value: Node) -> str | None:
        if value.members.get("latestParty") is None:
            return None
        party = party_of(value.node("latestParty").text("name"))
        self.parties[party.key] = party
        return party.key

    def records(self) -> OfficeRecords:
        parties = tuple(self.parties.values())
        sitting = SourceRecords(
            source=SOURCE,
            dated=False,
            persons=tuple(self.persons.values()),
            areas=tuple(self.areas.values()),
            parties=parties,
            holdings=tuple(self.sitting),
        )
        return OfficeRecords(
            source=SOURCE,
            # Before what else the service says of the same members.
            order=39,
            sitting=sitting,
            holders=self.holders,
            parties=parties,
            offices=tuple(self.peers),
            rejected=tuple(self.rejected),
            ignored=dict(self.ignored),
        )


# Contact


def read_contact(source: SourceText) -> OfficeRecords:
    """Every published way to reach one member; what the answer no longer names has ended."""
    root = Node.root(source.path, source.value)
    number = member_of(root)
    reach, rejected, ignored = contact_points(root, number)
    return OfficeRecords(
        source=SOURCE,
        holders={number: _member(number)},
        reach=tuple(reach),
        complete_reach=frozenset({number}),
        rejected=tuple(rejected),
        ignored=dict(ignored),
    )


def contact_points(root: Node, number: str) -> tuple[list[ReachRecord], list[Rejection], Counter[str]]:
    """The entries of one Contact answer as ways to reach member ``number``."""
    reach: list[ReachRecord] = []
    rejected: list[Rejection] = []
    ignored: Counter[str] = Counter()
    for entry in root.nodes("value"):
        kind = _KINDS.get(int(entry.find_text("typeId") or 0))
        if entry.members.get("isWebAddress") is True:
            url = entry.find_text("line1") or ""
            if _WEB.match(url):
                reach.append(ReachRecord(number, kind or "website", url=url))
            else:
                rejected.append(Rejection(f"{entry.place} (member {number})", f"“{url}” is not an address"))
            continue
        email = entry.find_text("email")
        if email and not _EMAIL.match(email):
            rejected.append(
                Rejection(f"{entry.place} (member {number})", f"“{email}” is not an email address")
            )
            email = None
        lines = [line for name in _LINES if (line := entry.find_text(name))]
        phone = entry.find_text("phone")
        if not (email or phone or lines):
            ignored["an address that says nothing"] += 1
            continue
        reach.append(
            ReachRecord(
                number,
                kind if kind in ("parliamentary_office", "constituency_office") else "department",
                email=email,
                phone=phone,
                address=", ".join(lines) or None,
                preferred=entry.members.get("isPreferred") is True,
            )
        )
    return reach, rejected, ignored


# What all of them share


def member_of(root: Node) -> str:
    """Whose answer it is, which only its links say. Raises UnreadableFile."""
    for link in root.nodes("links"):
        found = _SELF.match(link.find_text("href") or "")
        if found:
            return found[1]
    raise UnreadableFile(root.file, "$.links", "no link says which member this is about")


def _member(number: str) -> Holder:
    return Holder((Identifier(MNIS, number),), unknown="refuse", place=f"member {number}")


def date_of(entry: Node, name: str) -> PartialDate | None:
    """A day without its time; None where it is absent. Raises ValueError for one that is none."""
    text = entry.find_text(name)
    return PartialDate.parse(text.partition("T")[0]) if text else None


def first_of(source: SourceText, name: str) -> dict[str, Any]:
    """The first object of the list ``name`` (``value.name`` for “value.x”), empty where there is none."""
    value: Any = source.value
    if isinstance(value, dict):
        value = value.get(name)
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def _is_search(source: SourceText) -> bool:
    value = first_of(source, "items").get("value")
    return isinstance(value, dict) and "latestHouseMembership" in value


def _is_contact(source: SourceText) -> bool:
    return {"typeId", "isWebAddress"} <= set(first_of(source, "value"))


def _is_empty(source: SourceText) -> bool:
    return "value" in source.members and source.value["value"] == []


register(Reader("members_api_search", _is_search, read_search))
register(Reader("members_api_contact", _is_contact, read_contact))
register(
    Reader("members_api_empty", _is_empty, refuse("an empty answer of the Members API: it says nothing"))
)
