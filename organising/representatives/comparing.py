"""Comparing a source's parties, areas, persons and addresses with what is known.

A source with dates decides names; a table of who sits now adds spellings, codes, titles and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import (
    AreaState,
    ContactPointState,
    Draft,
    NameState,
    PartyState,
    PersonState,
)
from organising.representatives.matching import KnownSeat, SeatIndex, fold_seat
from organising.representatives.names import fold
from organising.representatives.readers.records import (
    GSS,
    NAMED_ONLY,
    PUBLICWHIP,
    AreaRecord,
    ContactPointRecord,
    Identifier,
    NameRecord,
    PersonRecord,
    SourceRecords,
)
from organising.representatives.recognising import find_sitting, is_doubtful

NEWER = "If the table is the newer one, give its date with --as-of"
OLDER = "Another that was imported speaks for a later day"


@dataclass
class Resolved:
    """Which known row each key of the file means; what could not be resolved is absent."""

    parties: dict[str, UUID] = field(default_factory=dict)
    areas: dict[str, UUID] = field(default_factory=dict)
    persons: dict[str, UUID] = field(default_factory=dict)


def compare_records(draft: Draft, records: SourceRecords) -> Resolved:
    """Work out parties, areas and persons, in this order; terms and addresses come after."""
    resolved = Resolved()
    _compare_parties(draft, records, resolved)
    _Areas(draft, records, resolved).compare()
    seats = {one.person_key: resolved.areas.get(one.area_key or "") for one in records.holdings}
    for record in records.persons:
        person = _compare_person(draft, record, records.dated, seats.get(record.key))
        if person:
            resolved.persons[record.key] = person.id
    return resolved


def _compare_parties(draft: Draft, records: SourceRecords, resolved: Resolved) -> None:
    for record in records.parties:
        party = draft.known.parties.get(record.key)
        if party is None:
            party = PartyState(new_id(), record.key, record.name, record.colour)
            draft.known.parties[record.key] = party
            draft.added["party"].append(party)
            draft.note("party", "created", record.name)
        elif record.colour and party.colour != record.colour:
            party.colour = record.colour
            draft.change("party", party)
            draft.note("party", "updated", record.name)
        else:
            draft.note("party", "unchanged")
        resolved.parties[record.key] = party.id


class _Areas:
    """The areas of one file, recognised by identifier, then by code or name among those that exist."""

    def __init__(self, draft: Draft, records: SourceRecords, resolved: Resolved) -> None:
        self.draft, self.records, self.resolved = draft, records, resolved
        existing = [one for one in draft.known.areas.values() if one.exists_on(draft.as_of)]
        self.former: dict[tuple[str, str, str], list[AreaState]] = {}
        for one in draft.known.areas.values():
            if one.end is not None:
                self.former.setdefault((one.kind, str(one.end), fold_seat(one.name)), []).append(one)
        self.kinds_with_dates = {one.kind for one in existing if one.is_dated}
        self.indexes = {
            kind: SeatIndex(
                KnownSeat(one.id, one.name, tuple(one.other_names), tuple(_codes(one)))
                for one in existing
                if one.kind == kind and self._may_be_adopted(one)
            )
            for kind in {one.kind for one in existing}
        }

    def compare(self) -> None:
        for record in self.records.areas:
            try:
                area = self._find(record)
            except ValueError as error:
                self.draft.reject(f"{record.name} ({record.key})", str(error))
                continue
            if area is None:
                area = self._create(record)
            else:
                outcome = "updated" if self._update(area, record) else "unchanged"
                self.draft.note("area", outcome, area.name)
            self.resolved.areas[record.key] = area.id

    def _may_be_adopted(self, area: AreaState) -> bool:
        """A dated file calls each area by its id, so by name it takes only those that it never named."""
        return not (self.records.dated and any(one.scheme == PUBLICWHIP for one in area.identifiers))

    def _find(self, record: AreaRecord) -> AreaState | None:
        """The area meant; None when it is new. Raises ValueError in doubt."""
        known = self.draft.known
        found = {known.area_of[one] for one in record.identifiers if one in known.area_of}
        if len(found) > 1:
            raise ValueError("its identifiers belong to different areas")
        index = self.indexes.get(record.kind)
        if self.records.dated:
            if found:
                return known.areas[found.pop()]
            if record.end is not None:
                return self._find_former(record)
            match = index.find(record.name, record.gss_code) if index else None
            return known.areas[match.key] if match and match.key else None
        match = index.find(record.name, record.gss_code) if index else None
        if match and match.key:
            return known.areas[match.key]
        if match and record.kind in self.kinds_with_dates:
            raise ValueError(match.reason)
        return None

    def _find_former(self, record: AreaRecord) -> AreaState | None:
        """A former area that a register knows, by its name and the end of its boundaries."""
        found = self.former.get((record.kind, str(record.end), fold_seat(record.name)), [])
        return found[0] if len(found) == 1 and self._may_be_adopted(found[0]) else None

    def _create(self, record: AreaRecord) -> AreaState:
        area = AreaState(
            id=new_id(),
            kind=record.kind,
            name=record.name,
            other_names=list(record.other_names),
            region=record.region,
            country=record.country,
            start=record.start,
            end=record.end,
            hexagon=record.hexagon,
        )
        self.draft.known.areas[area.id] = area
        self.draft.added["area"].append(area)
        self.draft.note("area", "created", area.name)
        self._identify(area, record)
        return area

    def _update(self, area: AreaState, record: AreaRecord) -> bool:
        before = _values(area)
        self._identify(area, record)
        self._rename(area, record)
        for column in ("region", "country", "hexagon"):
            if getattr(record, column) is not None:
                setattr(area, column, getattr(record, column))
        if self.records.dated:
            area.start, area.end = record.start, record.end
        if _values(area) == before:
            return False
        self.draft.change("area", area)
        return True

    def _rename(self, area: AreaState, record: AreaRecord) -> None:
        spellings = [record.name, *record.other_names]
        if self.records.dated or not area.is_dated:
            spellings.append(area.name)
            area.name = record.name
        for spelling in spellings:
            if fold_seat(spelling) not in {fold_seat(one) for one in (area.name, *area.other_names)}:
                area.other_names = [*area.other_names, spelling]

    def _identify(self, area: AreaState, record: AreaRecord) -> None:
        for one in record.identifiers:
            if self.draft.known.area_of.setdefault(one, area.id) == area.id and one not in area.identifiers:
                area.identifiers.add(one)
                self.draft.added["area_identifier"].append((area.id, one))
        code = Identifier(GSS, record.gss_code or "")
        if self.draft.known.area_of.get(code) == area.id:
            area.gss_code = code.value


def _codes(area: AreaState) -> list[str]:
    return [one.value for one in area.identifiers if one.scheme == GSS]


def _compare_person(draft: Draft, record: PersonRecord, dated: bool, seat: UUID | None) -> PersonState | None:
    known = draft.known
    found = {known.person_of[one] for one in record.identifiers if one in known.person_of}
    if len(found) > 1:
        names = " and ".join(sorted(known.persons[one].name for one in found))
        draft.reject(record.key, f"its identifiers belong to {len(found)} people on record ({names})")
        return None
    name = record.name_on(draft.as_of)
    sitting = None if found or dated else find_sitting(draft, record, seat)
    if sitting is not None:
        found = {sitting.id}
    elif not found and not dated and is_doubtful(draft, record, seat):
        return None
    if not found:
        person = PersonState(new_id(), name.text, name.family, record.full_title)
        known.persons[person.id] = person
        draft.added["person"].append(person)
        draft.note("person", "created", person.name)
        _identify_person(draft, person, record.identifiers)
        _keep_names(draft, person, record.names, dated)
        return person
    person = known.persons[found.pop()]
    # A name and a seat stay somebody's only where a person answered so.
    numbers = tuple(one for one in record.identifiers if one.scheme not in NAMED_ONLY)
    # Both run: `or` would skip the names.
    changed = [_identify_person(draft, person, numbers), _keep_names(draft, person, record.names, dated)]
    changed.append(_restyle(draft, person, record, name, dated))
    draft.note("person", "updated" if any(changed) else "unchanged", person.name)
    return person


def _identify_person(draft: Draft, person: PersonState, identifiers: tuple[Identifier, ...]) -> bool:
    new = [one for one in identifiers if one not in person.identifiers]
    for one in new:
        draft.known.person_of[one] = person.id
        person.identifiers.add(one)
        draft.added["person_identifier"].append((person.id, one))
    return bool(new)


def _keep_names(draft: Draft, person: PersonState, names: tuple[NameRecord, ...], dated: bool) -> bool:
    """Add and date names; none is ever taken away, since people are looked up by what they were called."""
    changed = False
    for one in names:
        if not dated and fold(one.text) in {fold(text) for text, _ in person.names}:
            continue
        main = one.main and (dated or not person.is_dated)
        state = person.names.get((one.text, main))
        if state is None:
            state = NameState(new_id(), person.id, one.text, main)
            person.names[one.text, main] = state
            draft.added["person_name"].append(state)
            changed = True
        values = (one.peerage, one.family, one.honorific, one.start, one.end)
        if dated and values != _name_values(state):
            state.is_peerage, state.family_name, state.honorific, state.start, state.end = values
            draft.change("person_name", state)
            changed = True
    return changed


def _name_values(state: NameState) -> tuple[Any, ...]:
    return (state.is_peerage, state.family_name, state.honorific, state.start, state.end)


def _restyle(draft: Draft, person: PersonState, record: PersonRecord, name: NameRecord, dated: bool) -> bool:
    """Take over name and style; a checked salutation must be checked again after that."""
    before = (person.name, person.family_name, person.full_title)
    keeps = draft.outdated and person.full_title is not None
    if dated or (not person.is_dated and name.text != person.name and not keeps):
        person.name, person.family_name = name.text, name.family
    if dated and name.peerage:
        person.full_title = None
    elif record.full_title and (dated or not (_is_peer(person) or keeps)):
        person.full_title = record.full_title
    if before == (person.name, person.family_name, person.full_title):
        return False
    person.salutation_checked_at = None
    draft.change("person", person)
    return True


def _is_peer(person: PersonState) -> bool:
    return any(one.is_peerage and one.is_main and one.end is None for one in person.names.values())


def compare_contact_points(draft: Draft, records: SourceRecords, resolved: Resolved) -> None:
    """Take over addresses of those who sit after this import, and end those of members who left."""
    for record in records.contact_points:
        person_id = resolved.persons.get(record.person_key)
        if person_id and draft.known.sits(person_id):
            _compare_contact_point(draft, record, person_id, records.source)
    touched = {one.person_id for one in draft.changed["office_holding"].values() if not one.is_open}
    for person_id in sorted(touched, key=str):
        if not draft.known.sits(person_id):
            for point in draft.known.contact_points[person_id]:
                # That of an assembly outlives a seat in the Commons; its own table ends it.
                if point.kind == "parliamentary_office" and point.source != "offices":
                    _end(draft, point)


def _compare_contact_point(draft: Draft, record: ContactPointRecord, person_id: UUID, source: str) -> None:
    points = draft.known.contact_points[person_id]
    live = [one for one in points if one.kind == record.kind and one.ended_on is None]
    wanted = record.email.casefold() if record.email else None
    if wanted and any((one.email or "").casefold() == wanted for one in live):
        draft.note("contact_point", "unchanged")
        return
    if draft.outdated and any((one.kind, one.source) == (record.kind, source) for one in points):
        _keep(draft, record, person_id, live)
        return
    for one in live:
        if one.source == source:
            _end(draft, one)
    if record.email:
        point = ContactPointState(new_id(), person_id, record.kind, record.email, source, draft.as_of)
        points.append(point)
        draft.added["contact_point"].append(point)
        draft.note("contact_point", "created", draft.known.persons[person_id].name, record.email)


def _keep(draft: Draft, record: ContactPointRecord, person_id: UUID, live: list[ContactPointState]) -> None:
    """An older table says otherwise than a newer one."""
    on_record = ", ".join(one.label for one in live) or "no address"
    if (record.email or "no address") != on_record:
        reason = f"the table says {record.email or 'no address'}; on record is {on_record}, and is kept. {draft.outdated}"
        draft.reject(draft.known.persons[person_id].name, reason)


def _end(draft: Draft, point: ContactPointState) -> None:
    if point.ended_on is None:
        point.ended_on = draft.as_of
        draft.change("contact_point", point)
        draft.note("contact_point", "closed", draft.known.persons[point.person_id].name, point.label)


def _values(area: AreaState) -> tuple[Any, ...]:
    return (
        area.name, tuple(area.other_names), area.gss_code, area.region, area.country, area.start, area.end,
        area.hexagon, frozenset(area.identifiers),
    )  # fmt: skip
