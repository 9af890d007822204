"""What is known before an import and after it: the rows as plain values, with the indexes to find them by.

An import is compared here and nowhere else; the database is read before and written after.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from organising.representatives.names import fold
from organising.representatives.readers.records import (
    INVENTED,
    PUBLICWHIP,
    Identifier,
    PartialDate,
    Rejection,
)

# Superseded on the day it began: it was never in force, and only history shows it.
CORRECTED = "corrected"
_DATED = frozenset({PUBLICWHIP, INVENTED})


@dataclass(slots=True)
class PartyState:
    id: UUID
    key: str
    name: str
    colour: str | None


@dataclass(slots=True)
class AreaState:
    id: UUID
    kind: str
    name: str
    other_names: list[str] = field(default_factory=list)
    gss_code: str | None = None
    region: str | None = None
    country: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    hexagon: tuple[int, int] | None = None
    identifiers: set[Identifier] = field(default_factory=set)

    @property
    def is_dated(self) -> bool:
        """Whether a source with dates knows it; such a source decides its name."""
        return any(one.scheme in _DATED for one in self.identifiers)

    def exists_on(self, day: date) -> bool:
        return self.end is None or self.end.latest >= day


@dataclass(slots=True)
class NameState:
    id: UUID
    person_id: UUID
    text: str
    is_main: bool
    is_peerage: bool = False
    family_name: str | None = None
    honorific: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None


@dataclass(slots=True)
class PersonState:
    id: UUID
    name: str
    family_name: str | None = None
    full_title: str | None = None
    salutation_checked_at: datetime | None = None
    names: dict[tuple[str, bool], NameState] = field(default_factory=dict)
    identifiers: set[Identifier] = field(default_factory=set)

    @property
    def is_dated(self) -> bool:
        return any(one.scheme in _DATED for one in self.identifiers)

    @property
    def sort_key(self) -> str:
        family = self.family_name or self.name.rpartition(" ")[2]
        return f"{fold(family)} {fold(self.name)}"


@dataclass(slots=True)
class TermState:
    id: UUID
    person_id: UUID
    kind: str
    area_id: UUID | None
    party_id: UUID | None
    source: str
    source_id: str | None = None
    source_statement: str | None = None
    source_note: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    start_reason: str | None = None
    end_reason: str | None = None
    institution_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.end is None

    def in_force_on(self, day: date) -> bool:
        begun = self.start is None or self.start.earliest <= day
        return begun and (self.end is None or (self.end.latest >= day and self.end_reason != CORRECTED))


@dataclass(slots=True)
class ContactPointState:
    id: UUID
    person_id: UUID
    kind: str
    email: str | None
    source: str
    checked_on: date
    ended_on: date | None = None
    phone: str | None = None
    address: str | None = None
    url: str | None = None
    is_preferred: bool = False

    @property
    def label(self) -> str:
        return self.email or self.url or self.phone or self.address or ""


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody whom a source calls `identifier` and who can't be matched for certain."""

    identifier: Identifier
    place: str
    reason: str
    says: dict[str, str]
    candidates: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an earlier question. Answered without a person: somebody new."""

    state: str
    person_id: UUID | None


Claim = tuple[UUID | None, UUID | None]


@dataclass
class Known:
    """Everything on record, by the keys that an import looks it up by."""

    parties: dict[str, PartyState] = field(default_factory=dict)
    areas: dict[UUID, AreaState] = field(default_factory=dict)
    area_of: dict[Identifier, UUID] = field(default_factory=dict)
    persons: dict[UUID, PersonState] = field(default_factory=dict)
    person_of: dict[Identifier, UUID] = field(default_factory=dict)
    terms: dict[UUID, TermState] = field(default_factory=dict)
    term_of: dict[tuple[str, str], UUID] = field(default_factory=dict)
    terms_in: defaultdict[UUID, list[TermState]] = field(default_factory=lambda: defaultdict(list))
    terms_by: defaultdict[UUID, list[TermState]] = field(default_factory=lambda: defaultdict(list))
    contact_points: defaultdict[UUID, list[ContactPointState]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # Per area, what the source being imported said last time: person and party.
    statements: dict[UUID, Claim] = field(default_factory=dict)
    tokens: defaultdict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked: dict[Identifier, Answer] = field(default_factory=dict)
    # Who bore each name before this import; those that it makes itself are told apart by number.
    _bearers: defaultdict[str, set[UUID]] | None = None

    def add_term(self, term: TermState) -> None:
        self.terms[term.id] = term
        self.terms_by[term.person_id].append(term)
        if term.area_id:
            self.terms_in[term.area_id].append(term)
        if term.source_id:
            self.term_of[term.source, term.source_id] = term.id

    def move_term(self, term: TermState, person_id: UUID, area_id: UUID | None) -> None:
        """Correct whose term it is, or where."""
        self.terms_by[term.person_id].remove(term)
        self.terms_by[person_id].append(term)
        if term.area_id:
            self.terms_in[term.area_id].remove(term)
        if area_id:
            self.terms_in[area_id].append(term)
        term.person_id, term.area_id = person_id, area_id

    def namesakes(self, *texts: str) -> list[PersonState]:
        """People on record who bear or bore one of these names; who only ever stood for election is left out."""
        if self._bearers is None:
            self._bearers = defaultdict(set)
            for person in self.persons.values():
                for text in (person.name, *(one for one, _ in person.names)):
                    self._bearers[fold(text)].add(person.id)
        ids = {one for text in texts for one in self._bearers.get(fold(text), ())}
        return [self.persons[one] for one in sorted(ids, key=str) if not self.only_stood(one)]

    def only_stood(self, person_id: UUID) -> bool:
        """Whether all that is on record of a person is that they stood for election."""
        terms = self.terms_by[person_id]
        return bool(terms) and all(one.kind == "candidate" for one in terms)

    def party_name(self, party_id: UUID | None) -> str:
        return next((one.name for one in self.parties.values() if one.id == party_id), "no party")

    def sits(self, person_id: UUID) -> bool:
        """Whether the person has an open term in the Commons."""
        return any(one.is_open and one.kind == "mp" for one in self.terms_by[person_id])


@dataclass(frozen=True, slots=True)
class Change:
    """One thing an import does, in words: `what` (“term”), `outcome` (“closed”), of whom or what, and how."""

    what: str
    outcome: str
    label: str
    detail: str = ""


@dataclass
class Draft:
    """An import being worked out: rows to add and change, what became of each entry, what was left out."""

    known: Known
    as_of: date
    added: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    changed: defaultdict[str, dict[UUID, Any]] = field(default_factory=lambda: defaultdict(dict))
    tally: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    changes: list[Change] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    questions: dict[Identifier, Question] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    # Why the file is the older one, where it is: then it fills gaps, and replaces nothing that has no dates.
    outdated: str = ""

    def ask(self, question: Question) -> None:
        """Leave a question for a person; what was asked before is not asked again."""
        if question.identifier in self.known.asked or question.identifier in self.questions:
            return
        self.questions[question.identifier] = question
        self.note("question", "created", question.says.get("name", ""), question.reason)

    def note(self, what: str, outcome: str, label: str = "", detail: str = "") -> None:
        """Count one entry; all but the unchanged are also told in words."""
        self.tally[what][outcome] += 1
        if outcome != "unchanged":
            self.changes.append(Change(what, outcome, label, detail))

    def change(self, table: str, state: Any) -> None:
        """Have `state` written, unless it is new and written anyway."""
        self.changed[table][state.id] = state

    def reject(self, place: str, reason: str) -> None:
        self.rejected.append(Rejection(place, reason))

    def updated(self, table: str) -> Iterator[Any]:
        """The changed rows that were there before."""
        new = {one.id for one in self.added[table]}
        return (state for key, state in self.changed[table].items() if key not in new)

    def wanted_tokens(self) -> dict[UUID, set[str]]:
        """The folded words by which each person is found: of their names, and of the seat they hold."""
        return {key: set(self._tokens(person)) for key, person in self.known.persons.items()}

    def _tokens(self, person: PersonState) -> Iterable[str]:
        texts = [person.name, *(one.text for one in person.names.values())]
        for term in self.known.terms_by[person.id]:
            if term.is_open and term.area_id:
                area = self.known.areas[term.area_id]
                texts.extend((area.name, *area.other_names))
        return (word for one in texts for word in fold(one).split())
