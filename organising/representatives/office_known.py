"""What is on record of posts, bodies, polls and institutions, which only the files about offices compare with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from organising.platform.db import new_id
from organising.representatives.known import Draft, Known
from organising.representatives.matching import KnownSeat, SeatIndex, fold_seat
from organising.representatives.names import fold
from organising.representatives.readers.records import Identifier, PartialDate
from organising.representatives.rows import add_rows, change_rows, read_rows
from organising.representatives.writing import span_columns, span_of


@dataclass(slots=True)
class BodyState:
    id: UUID
    kind: str
    key: str
    name: str
    parliament: str | None
    purpose: str | None
    url: str | None
    source: str


@dataclass(slots=True)
class AffiliationState:
    id: UUID
    person_id: UUID | None
    holder: Identifier
    kind: str
    body_id: UUID | None
    role: str | None
    source: str
    source_id: str
    source_statement: str
    start: PartialDate | None = None
    end: PartialDate | None = None


@dataclass(slots=True)
class ContestState:
    id: UUID
    area_id: UUID
    kind: str
    poll_on: date
    result: str | None
    electorate: int | None
    valid_votes: int | None
    majority: int | None
    source: str


@dataclass
class OfficeKnown:
    """The rows beside seats, by the keys that an import looks them up by."""

    known: Known
    bodies: dict[tuple[str, str], BodyState] = field(default_factory=dict)
    affiliations: dict[tuple[str, str], AffiliationState] = field(default_factory=dict)
    by_number: defaultdict[str, list[AffiliationState]] = field(default_factory=lambda: defaultdict(list))
    contests: dict[tuple[UUID, date], ContestState] = field(default_factory=dict)
    institutions: defaultdict[tuple[str, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    _indexes: dict[tuple[str, date | None], SeatIndex[UUID]] = field(default_factory=dict)

    def find_area(self, kind: str, name: str, code: str | None, on: date | None) -> UUID | None:
        """The area of a kind that stood on a day (today's, where none is said). Raises ValueError in doubt."""
        found = self.known.area_of.get(Identifier("gss", code)) if code else None
        if found and self.known.areas[found].kind == kind:
            return found
        index = self._indexes.get((kind, on))
        if index is None:
            index = self._indexes[kind, on] = SeatIndex(
                KnownSeat(one.id, one.name, tuple(one.other_names))
                for one in self.known.areas.values()
                if one.kind == kind and _stands(one.start, one.end, on)
            )
        match = index.find(name)
        if match.key is None and "means" in match.reason:
            raise ValueError(match.reason)
        return match.key

    def forget_areas(self) -> None:
        """An area was added: look again."""
        self._indexes.clear()

    def find_institution(self, kind: str, name: str, code: str | None) -> UUID | None:
        """The institution with that code, or the only one of the kind with that name."""
        for key in ((kind, code or ""), (kind, fold_seat(name))):
            found = self.institutions.get(key, set())
            if len(found) == 1:
                return next(iter(found))
        return None


def _stands(start: PartialDate | None, end: PartialDate | None, on: date | None) -> bool:
    if on is None:
        return end is None
    return (start is None or start.earliest <= on) and (end is None or end.latest >= on)


def load_office_known(connection: Connection, known: Known) -> OfficeKnown:
    """All that is on record beside seats."""
    found = OfficeKnown(known)
    for row in read_rows(connection, "body"):
        found.bodies[row.kind, row.key] = BodyState(
            row.id, row.kind, row.key, row.name, row.parliament, row.purpose, row.url, row.source
        )
    for row in read_rows(connection, "affiliation"):
        state = AffiliationState(
            row.id, row.person_id, Identifier(row.holder_scheme, row.holder_value), row.kind, row.body_id, row.role,
            row.source, row.source_id, row.source_statement, *span_of(row),
        )  # fmt: skip
        found.affiliations[state.source, state.source_id] = state
        found.by_number[state.source_id].append(state)
    for row in read_rows(connection, "contest"):
        found.contests[row.area_id, row.poll_on] = ContestState(
            row.id, row.area_id, row.kind, row.poll_on, row.result, row.electorate, row.valid_votes, row.majority,
            row.source,
        )  # fmt: skip
    kinds = {}
    for row in read_rows(connection, "institution"):
        if row.ended_on is None:
            kinds[row.id] = row.kind
            for name in (row.name, *row.other_names):
                found.institutions[row.kind, fold_seat(name)].add(row.id)
    for row in read_rows(connection, "institution_identifier"):
        if row.institution_id in kinds:
            found.institutions[kinds[row.institution_id], row.value].add(row.institution_id)
    return found


def write_office_rows(connection: Connection, draft: Draft) -> None:
    """Write bodies, posts and polls of an import."""
    for table, columns in (("body", _body_row), ("affiliation", _affiliation_row), ("contest", _contest_row)):
        add_rows(connection, table, [columns(one) for one in draft.added[table]])
        change_rows(connection, table, [columns(one) for one in draft.updated(table)])


def new_body(kind: str, key: str, name: str, source: str) -> BodyState:
    """A body that is not on record yet."""
    return BodyState(new_id(), kind, key, name, None, None, None, source)


def _body_row(one: BodyState) -> dict[str, Any]:
    return {
        "id": one.id, "kind": one.kind, "key": one.key, "name": one.name, "sort_key": fold(one.name),
        "parliament": one.parliament, "purpose": one.purpose, "url": one.url, "source": one.source,
    }  # fmt: skip


def _affiliation_row(one: AffiliationState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "holder_scheme": one.holder.scheme,
        "holder_value": one.holder.value, "kind": one.kind, "body_id": one.body_id, "role": one.role,
        "source": one.source, "source_id": one.source_id, "source_statement": one.source_statement,
        **span_columns(one),
    }  # fmt: skip


def _contest_row(one: ContestState) -> dict[str, Any]:
    return {
        "id": one.id, "area_id": one.area_id, "kind": one.kind, "poll_on": one.poll_on, "result": one.result,
        "electorate": one.electorate, "valid_votes": one.valid_votes, "majority": one.majority, "source": one.source,
    }  # fmt: skip
