"""What is on record of areas and institutions while a register is compared with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from organising.representatives.known import AreaState, Draft, Known
from organising.representatives.matching import fold_seat
from organising.representatives.names import fold
from organising.representatives.readers.records import AreaRecord, Identifier
from organising.representatives.readers.register_records import InstitutionRecord
from organising.representatives.rows import read_rows
from organising.representatives.writing import load_areas


@dataclass(slots=True)
class InstitutionState:
    id: UUID
    kind: str
    name: str
    source: str
    other_names: list[str] = field(default_factory=list)
    area_id: UUID | None = None
    successor_id: UUID | None = None
    started_on: date | None = None
    ended_on: date | None = None
    address: str | None = None
    postcode: str | None = None
    email: str | None = None
    requests_email: str | None = None
    website: str | None = None
    identifiers: set[Identifier] = field(default_factory=set)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.other_names)


@dataclass
class Register:
    """The comparison of one file: what is on record, what its keys turned out to mean, and the draft of it."""

    source: str
    draft: Draft
    institutions: dict[UUID, InstitutionState] = field(default_factory=dict)
    institution_of: dict[Identifier, UUID] = field(default_factory=dict)
    # What this source said last, by key: the area or institution meant, and the statement.
    statements: dict[str, tuple[UUID | None, str]] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    bodies: dict[str, UUID] = field(default_factory=dict)

    @property
    def areas(self) -> dict[UUID, AreaState]:
        return self.draft.known.areas

    @property
    def area_of(self) -> dict[Identifier, UUID]:
        return self.draft.known.area_of

    def repeats(self, key: str, statement: str) -> UUID | None:
        """What is meant by an entry of which the source says what it said before."""
        meant, before = self.statements.get(key, (None, ""))
        return meant if before == statement else None

    def meant(self, key: str) -> UUID | None:
        """What the source last called so."""
        return self.statements.get(key, (None, ""))[0]

    def state(self, key: str, statement: str, *, area: UUID | None = None, body: UUID | None = None) -> None:
        """Remember what the source says now."""
        if self.statements.get(key) == (area or body, statement):
            return
        is_new = key not in self.statements
        self.statements[key] = (area or body, statement)
        row = {
            "source": self.source, "key": key, "area_id": area, "institution_id": body, "statement": statement,
        }  # fmt: skip
        self.draft.added["statement" if is_new else "statement_changed"].append(row)


def area_key(record: AreaRecord) -> str:
    return f"area {record.key}"


def body_key(record: InstitutionRecord) -> str:
    return f"institution {record.key}"


def statement_of(record: AreaRecord | InstitutionRecord) -> str:
    """All that a record says, but for where in the file it stands."""
    said = {name: value for name, value in asdict(record).items() if value and name != "place"}
    return json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)


def has_other_code(mine: Iterable[Identifier], theirs: Iterable[Identifier]) -> bool:
    """Whether two things that share a name are told apart by a code."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for one in mine:
        codes[one.scheme].add(one.value)
    return any(one.scheme in codes and one.value not in codes[one.scheme] for one in theirs)


def spell(names: list[str], name: str, called: str) -> list[str]:
    """The other names with one more, unless it is there or only another way to write the name itself."""
    if not name or fold_seat(name) in {fold_seat(one) for one in (called, *names)}:
        return names
    return [*names, name]


def load_register(connection: Connection, source: str, as_of: date) -> Register:
    """All areas and institutions on record, and what ``source`` last said of them."""
    known = Known()
    load_areas(connection, known)
    register = Register(source, Draft(known, as_of))
    for row in read_rows(connection, "institution"):
        register.institutions[row.id] = InstitutionState(
            row.id, row.kind, row.name, row.source, list(row.other_names), row.area_id, row.successor_id,
            row.started_on, row.ended_on, row.address, row.postcode, row.email, row.requests_email, row.website,
        )  # fmt: skip
    for row in read_rows(connection, "institution_identifier"):
        identifier = Identifier(row.scheme, row.value)
        register.institution_of[identifier] = row.institution_id
        register.institutions[row.institution_id].identifiers.add(identifier)
    for row in read_rows(connection, "register_statement"):
        if row.source == source:
            register.statements[row.key] = (row.area_id or row.institution_id, row.statement)
    return register


def institution_row(one: InstitutionState) -> dict[str, object]:
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "sort_key": fold(one.name),
        "other_names": one.other_names, "area_id": one.area_id, "successor_id": one.successor_id,
        "started_on": one.started_on, "ended_on": one.ended_on, "address": one.address,
        "postcode": one.postcode, "email": one.email, "requests_email": one.requests_email,
        "website": one.website, "source": one.source,
    }  # fmt: skip
