"""Comparing a register's public bodies with those on record.

A body is recognised by its codes, else by name among those of its kind; a police force by what is left of its name without the
words for “police”, since registers call it Police, Constabulary or Service.
"""

from __future__ import annotations

import re
from collections import defaultdict
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.names import fold
from organising.representatives.readers.police_bodies import WDTK, force_stem
from organising.representatives.readers.records import day_before
from organising.representatives.readers.register_records import InstitutionRecord
from organising.representatives.register_known import (
    InstitutionState,
    Register,
    body_key,
    has_other_code,
    spell,
    statement_of,
)

_FIELDS = ("address", "postcode", "email", "requests_email", "website")
_COMMISSIONER = re.compile(r" police( fire)? and crime commissioner\Z")
_LONDON = fold("Mayor’s Office for Policing and Crime")


def compare_institutions(register: Register, bodies: tuple[InstitutionRecord, ...]) -> None:
    """Work out what each body of a file is and what is new about it; successors last, since they may follow."""
    comparison = _Institutions(register)
    told = [record for record in bodies if comparison.take(record)]
    for record in told:
        comparison.succeed(record)


class _Institutions:
    def __init__(self, register: Register) -> None:
        self.register = register
        self.names: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)
        self.forces: defaultdict[str, set[UUID]] = defaultdict(set)
        for one in register.institutions.values():
            self._index(one)
        self.police_areas = {
            force_stem(area.name): area.id
            for area in register.areas.values()
            if area.kind == "police_force" and area.end is None
        }
        self.outcomes: dict[UUID, str] = {}

    def _index(self, one: InstitutionState) -> None:
        for name in one.names:
            self.names[one.kind, fold(name)].add(one.id)
            if one.kind in {"police_force", "other"} and one.ended_on is None:
                self.forces[force_stem(name)].add(one.id)
        for code in one.identifiers:
            if code.scheme == WDTK and one.kind == "other" and one.ended_on is None:
                self.forces[force_stem(code.value)].add(one.id)

    def take(self, record: InstitutionRecord) -> bool:
        """Compare one body; whether the source says anything new of it."""
        register, draft = self.register, self.register.draft
        statement = statement_of(record)
        if meant := register.repeats(body_key(record), statement):
            register.bodies[record.key] = meant
            draft.note("institution", "unchanged")
            return False
        try:
            body = self._find(record)
        except ValueError as error:
            draft.reject(record.place, str(error))
            return False
        if body is None and record.role == "completes":
            # Silent: what a source says of the end of a body that nobody ever loaded is no news.
            return False
        if body is None:
            body = self._create(record)
        else:
            draft.note("institution", "updated" if self._update(body, record) else "unchanged", body.name)
        register.bodies[record.key] = body.id
        register.state(body_key(record), statement, body=body.id)
        return True

    def _find(self, record: InstitutionRecord) -> InstitutionState | None:
        known, of = self.register.institutions, self.register.institution_of
        found = {of[one] for one in record.identifiers if one in of}
        if len(found) > 1:
            names = " and ".join(sorted(known[one].name for one in found))
            raise ValueError(f"its codes belong to different institutions ({names})")
        meant = self.register.meant(body_key(record))
        if found or meant:
            return known[found.pop() if found else meant]  # type: ignore[index]
        named = {
            one
            for one in self._named(record)
            if not has_other_code(record.identifiers, known[one].identifiers)
        }
        if len(named) > 1:
            raise ValueError(f"{len(named)} institutions on record are called {record.name}")
        return known[named.pop()] if named else None

    def _named(self, record: InstitutionRecord) -> set[UUID]:
        if not record.name:
            return set()
        found = self.names.get((record.kind, fold(record.name)), set())
        if found or record.is_over or record.kind not in {"police_force", "other"}:
            return found
        known = self.register.institutions
        stems = [force_stem(record.name), *([force_stem(record.key)] if self.register.source == WDTK else [])]
        forces = {one for stem in stems for one in self.forces.get(stem, ())}
        # Only a force of an area is known by its stem: one of the two must be one.
        return {one for one in forces if "police_force" in {record.kind, known[one].kind}}

    def _create(self, record: InstitutionRecord) -> InstitutionState:
        body = InstitutionState(new_id(), record.kind, record.name, self.register.source)
        self.register.institutions[body.id] = body
        self._tell(body, record)
        self.register.draft.added["institution"].append(body)
        self.register.draft.note("institution", "created", body.name)
        self._index(body)
        return body

    def _update(self, body: InstitutionState, record: InstitutionRecord) -> bool:
        before = _values(body)
        is_force = "police_force" in {body.kind, record.kind} and body.kind != record.kind
        if is_force:
            body.kind = "police_force"
        elif record.role == "decides" and record.name != body.name:
            former, body.name = body.name, record.name
            body.other_names = spell(body.other_names, former, body.name)
        self._tell(body, record)
        self._index(body)
        if _values(body) == before:
            return False
        self.register.draft.change("institution", body)
        return True

    def _tell(self, body: InstitutionState, record: InstitutionRecord) -> None:
        """Take over what the record says; what it leaves out stays."""
        draft, of = self.register.draft, self.register.institution_of
        for one in record.identifiers:
            if of.setdefault(one, body.id) == body.id and one not in body.identifiers:
                body.identifiers.add(one)
                draft.added["institution_identifier"].append((body.id, one))
        for name in (record.name, *record.other_names):
            body.other_names = spell(body.other_names, name, body.name)
        for column in _FIELDS:
            if getattr(record, column):
                setattr(body, column, getattr(record, column))
        body.area_id = (
            self.register.places.get(record.area_key or "") or self._police_area(body) or body.area_id
        )
        body.started_on = record.started_on or body.started_on
        self._end(body, record)

    def _end(self, body: InstitutionState, record: InstitutionRecord) -> None:
        if record.ended_on:
            body.ended_on = record.ended_on
        elif record.is_over:
            # On the day itself it is over already.
            body.ended_on = body.ended_on or day_before(self.register.draft.as_of)
        elif record.role == "decides" and body_key(record) in self.register.statements:
            body.ended_on = None

    def _police_area(self, body: InstitutionState) -> UUID | None:
        if body.kind != "police_commissioner" or body.area_id:
            return None
        name = fold(body.name)
        stem = "metropolitan" if name == _LONDON else force_stem(_COMMISSIONER.sub("", name))
        return self.police_areas.get(stem)

    def succeed(self, record: InstitutionRecord) -> None:
        """Link a body to the one that took over."""
        if not record.successor_key or record.key not in self.register.bodies:
            return
        body = self.register.institutions[self.register.bodies[record.key]]
        successor = self.register.bodies.get(record.successor_key) or self._by_key(record)
        if successor is None or successor == body.id:
            self.register.draft.reject(record.place, f"the successor of {body.name} is not on record")
        elif body.successor_id != successor:
            body.successor_id = successor
            self.register.draft.change("institution", body)

    def _by_key(self, record: InstitutionRecord) -> UUID | None:
        """A successor that only another file tells of, by its folded name (“kind:name”)."""
        kind, _, name = (record.successor_key or "").partition(":")
        found = self.names.get((kind, name), set())
        return next(iter(found)) if len(found) == 1 else None


def _values(body: InstitutionState) -> tuple[object, ...]:
    return (
        body.kind, body.name, tuple(body.other_names), body.area_id, body.started_on, body.ended_on,
        *(getattr(body, column) for column in _FIELDS), frozenset(body.identifiers),
    )  # fmt: skip
