"""The parlparse Popolo file: persons, posts, parties and memberships, cut down to Commons and Lords.

What bites: merged records are only `{"id", "redirect"}`; person/0 is nobody; dates may be a year or a month;
a change of party is a new membership for the same post; a peer's name has its own fields; the file also holds
other chambers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from organising.representatives.parties import party_of
from organising.representatives.readers.records import (
    GSS,
    MNIS,
    PUBLICWHIP,
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
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node

KEYS = ("persons", "memberships", "posts", "organizations")
_COMMONS, _LORDS = "house-of-commons", "house-of-lords"
_NOBODY = "uk.org.publicwhip/person/0"
_OPEN_ENDED = "9999"
_SCHEMES = {"datadotparl_id": MNIS, "yournextmp": "democracy_club"}


def is_popolo(value: Any) -> bool:
    """Whether parsed JSON is meant as this format, even where a list is missing."""
    return isinstance(value, dict) and len(set(KEYS) & set(value)) >= 2


def read_popolo(path: Path | str, value: Any) -> SourceRecords:
    """All Commons and Lords terms in the file. Raises UnreadableFile where the shape is another one."""
    return _Reading(Node.root(Path(path), value)).records()


@dataclass
class _Reading:
    """The state of one reading; every entry ends as a record, a rejection, or a count of ignored ones."""

    root: Node
    rejected: list[Rejection] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    parties: dict[str, PartyRecord] = field(default_factory=dict)
    chambers: dict[str, str] = field(default_factory=dict)

    def records(self) -> SourceRecords:
        names = {
            one.text("id"): one.find_text("name") for one in self.root.nodes("organizations", required=True)
        }
        areas = self._areas()
        persons, merged = self._persons()
        holdings = self._holdings(names, areas, persons, merged)
        used = {one.person_key for one in holdings}
        self._count("a person without a term in the Commons or the Lords", len(persons) - len(used))
        return SourceRecords(
            source="popolo",
            dated=True,
            persons=tuple(one for key, one in persons.items() if key in used),
            areas=tuple(areas.values()),
            parties=tuple(self.parties.values()),
            holdings=tuple(holdings),
            rejected=tuple(self.rejected),
            ignored=dict(self.ignored),
        )

    # Posts and areas

    def _areas(self) -> dict[str, AreaRecord]:
        areas: dict[str, AreaRecord] = {}
        for post in self.root.nodes("posts", required=True):
            key = post.text("id")
            chamber = post.find_text("organization_id") or ""
            self.chambers[key] = chamber
            if chamber != _COMMONS or post.find_text("redirect"):
                self._count(f"a post of {chamber or 'no chamber'}")
                continue
            if key in areas:
                self._reject(post, f"{key} appears twice")
                continue
            try:
                areas[key] = self._area(key, post)
            except ValueError as error:
                self._reject(post, str(error))
        return areas

    def _area(self, key: str, post: Node) -> AreaRecord:
        area = post.node("area")
        found = [_identifier(one) for one in (*post.nodes("identifiers"), *area.nodes("identifiers"))]
        codes = [one.value for one in found if one.scheme == GSS]
        return AreaRecord(
            key=key,
            kind="westminster",
            name=area.text("name"),
            identifiers=(Identifier(PUBLICWHIP, key), *found),
            gss_code=codes[0] if codes else None,
            other_names=area.texts("other_names"),
            start=_date(post, "start_date"),
            end=_date(post, "end_date"),
        )

    # Persons

    def _persons(self) -> tuple[dict[str, PersonRecord], dict[str, str]]:
        persons: dict[str, PersonRecord] = {}
        redirects: dict[str, str] = {}
        owners: dict[Identifier, str] = {}
        for entry in self.root.nodes("persons", required=True):
            key, target = entry.text("id"), entry.find_text("redirect")
            if target:
                redirects[key] = target
            elif key in persons:
                self._reject(entry, f"{key} appears twice")
            else:
                try:
                    persons[key] = self._person(key, entry, owners)
                except ValueError as error:
                    self._reject(entry, str(error))
        return persons, self._merge(persons, redirects)

    def _person(self, key: str, entry: Node, owners: dict[Identifier, str]) -> PersonRecord:
        names = tuple(name for name in map(_name, entry.nodes("other_names")) if name)
        if not names:
            raise ValueError("no name")
        identifiers = [Identifier(PUBLICWHIP, key)]
        for one in map(_identifier, entry.nodes("identifiers")):
            owner = owners.setdefault(one, key)
            if owner != key:
                self._reject(entry, f"{one.scheme} {one.value} already belongs to {owner}")
            elif one not in identifiers:
                identifiers.append(one)
        return PersonRecord(key, tuple(identifiers), names)

    def _merge(self, persons: dict[str, PersonRecord], redirects: dict[str, str]) -> dict[str, str]:
        """Follow redirects to their ends; the person kept is also known by the ids given up."""
        merged: dict[str, str] = {}
        for old, target in redirects.items():
            seen, key = {old}, target
            while key in redirects and key not in seen:
                seen.add(key)
                key = redirects[key]
            if key not in persons:
                self.rejected.append(Rejection(old, f"redirects to {key}, which is not in the file"))
                continue
            merged[old] = key
            kept = persons[key]
            persons[key] = replace(kept, identifiers=(*kept.identifiers, Identifier(PUBLICWHIP, old)))
        return merged

    # Memberships

    def _holdings(
        self,
        names: dict[str, str | None],
        areas: dict[str, AreaRecord],
        persons: dict[str, PersonRecord],
        merged: dict[str, str],
    ) -> list[HoldingRecord]:
        holdings: list[HoldingRecord] = []
        for entry in self.root.nodes("memberships", required=True):
            if entry.find_text("redirect"):
                self._count("a membership merged into another")
                continue
            chamber = self._chamber(entry)
            if chamber not in {_COMMONS, _LORDS}:
                if chamber is not None:
                    self._count(f"a membership of {chamber or 'no chamber'}")
                continue
            try:
                holdings.append(self._holding(entry, chamber, names, areas, persons, merged))
            except ValueError as error:
                self._reject(entry, str(error))
        return self._one_per_seat(self._each_once(holdings))

    def _chamber(self, entry: Node) -> str | None:
        """The chamber; a membership's post tells it, else its organization. None when rejected here."""
        post = entry.find_text("post_id")
        if post and post not in self.chambers:
            self._reject(entry, f"the post {post} is not in the file")
            return None
        return self.chambers[post] if post else (entry.find_text("organization_id") or "")

    def _holding(
        self,
        entry: Node,
        chamber: str,
        names: dict[str, str | None],
        areas: dict[str, AreaRecord],
        persons: dict[str, PersonRecord],
        merged: dict[str, str],
    ) -> HoldingRecord:
        person = entry.text("person_id")
        if person == _NOBODY:
            raise ValueError("person/0 stands for nobody")
        person = merged.get(person, person)
        if person not in persons:
            raise ValueError(f"the person {person} is not in the file")
        area = entry.find_text("post_id") if chamber == _COMMONS else None
        if chamber == _COMMONS and area not in areas:
            raise ValueError(f"the post {area} was left out")
        start, end = _date(entry, "start_date"), _date(entry, "end_date")
        if start and end and end.latest < start.earliest:
            raise ValueError(f"ends on {end} before it starts on {start}")
        return HoldingRecord(
            source_id=entry.text("id"),
            person_key=person,
            kind="mp" if chamber == _COMMONS else "peer",
            area_key=area,
            party_key=self._party(entry.find_text("on_behalf_of_id"), names),
            start=start,
            end=end,
            start_reason=entry.find_text("start_reason"),
            end_reason=entry.find_text("end_reason"),
            source_note=entry.find_text("source"),
        )

    def _party(self, organization: str | None, names: dict[str, str | None]) -> str | None:
        if organization is None:
            return None
        party = party_of(names.get(organization) or organization)
        self.parties[party.key] = party
        return party.key

    def _each_once(self, holdings: Iterable[HoldingRecord]) -> Iterator[HoldingRecord]:
        seen: set[str | None] = set()
        for one in holdings:
            if one.source_id in seen:
                self.rejected.append(Rejection(one.source_id or "", "appears twice"))
                continue
            seen.add(one.source_id)
            yield one

    def _one_per_seat(self, holdings: Iterable[HoldingRecord]) -> list[HoldingRecord]:
        """Leave out a second open term for one seat: nobody can tell which of the two sits."""
        kept: list[HoldingRecord] = []
        sitting: dict[str, str] = {}
        for one in holdings:
            if one.area_key and one.end is None:
                first = sitting.setdefault(one.area_key, one.source_id or "")
                if first != one.source_id:
                    reason = f"{one.area_key} already has an open membership, {first}"
                    self.rejected.append(Rejection(one.source_id or "", reason))
                    continue
            kept.append(one)
        return kept

    def _reject(self, entry: Node, reason: str) -> None:
        label = entry.find_text("id")
        self.rejected.append(Rejection(f"{entry.place} ({label})" if label else entry.place, reason))

    def _count(self, what: str, times: int = 1) -> None:
        if times:
            self.ignored[what] += times


def _identifier(entry: Node) -> Identifier:
    scheme = entry.text("scheme")
    return Identifier(_SCHEMES.get(scheme, scheme), entry.text("identifier"))


def _name(entry: Node) -> NameRecord | None:
    """A name entry, or None when no word of it is filled in. Raises ValueError for an impossible date."""
    family, honorific = entry.find_text("family_name"), entry.find_text("honorific_prefix")
    lord, lord_of = entry.find_text("lordname"), entry.find_text("lordofname")
    peerage = bool(lord or lord_of)
    if peerage:
        words = [honorific or "Lord", lord, f"of {lord_of}" if lord_of else None]
    else:
        words = [entry.find_text("given_name"), family]
    text = " ".join(word for word in words if word) or entry.find_text("name")
    if not text:
        return None
    return NameRecord(
        text=text,
        main=entry.find_text("note") in {"Main", None},
        family=lord if peerage else family,
        honorific=honorific,
        peerage=peerage,
        start=_date(entry, "start_date"),
        end=_date(entry, "end_date"),
    )


def _date(entry: Node, name: str) -> PartialDate | None:
    text = entry.find_text(name)
    if text is None or text.startswith(_OPEN_ENDED):
        return None
    return PartialDate.parse(text)


def _recognises(source: SourceText) -> bool:
    # Two other files have some of the same lists: one of posts only, one made from Wikidata.
    of_others = source.members == {"memberships", "organizations"} or (
        "areas" in source.members and "posts" not in source.members
    )
    return is_popolo(source.value) and not of_others


def _read(source: SourceText) -> SourceRecords:
    return read_popolo(source.path, source.value)


register(Reader("popolo", _recognises, _read))
