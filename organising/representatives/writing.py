"""Reading what is known from the database, and writing an import to it: one statement a table, not one a row.

COPY is refused on tables with row security, so rows travel as one JSON document each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.postgresql import insert

from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.representatives import models as models  # its tables are in the metadata
from organising.representatives.known import (
    Answer,
    AreaState,
    ContactPointState,
    Draft,
    Known,
    NameState,
    PartyState,
    PersonState,
    Question,
    TermState,
)
from organising.representatives.names import fold
from organising.representatives.readers.records import Identifier, PartialDate
from organising.representatives.rows import add_rows, change_rows, read_rows

_TABLES = db.metadata.tables
# Released with the transaction; a second import waits for the first.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('organising.representatives.import'))")

# Posts of people who were not on record wait for them under what their source calls them.
_JOIN_WAITING = text(
    "UPDATE affiliation a SET person_id = i.person_id FROM person_identifier i "
    "WHERE a.person_id IS NULL AND i.scheme = a.holder_scheme AND i.value = a.holder_value"
)


def lock_imports(connection: Connection) -> None:
    """Let one import at a time compare and write."""
    connection.execute(_LOCK)


def load_known(connection: Connection, source: str) -> Known:
    """All representatives on record, and what `source` last said of each seat."""
    known = Known()
    for row in read_rows(connection, "party"):
        known.parties[row.key] = PartyState(row.id, row.key, row.name, row.colour)
    load_areas(connection, known)
    _load_persons(connection, known)
    for row in read_rows(connection, "office_holding"):
        known.add_term(_term(row))
    for row in read_rows(connection, "contact_point"):
        point = ContactPointState(
            row.id, row.person_id, row.kind, row.email, row.source, row.checked_on, row.ended_on,
            row.phone, row.address, row.url, row.is_preferred,
        )  # fmt: skip
        known.contact_points[row.person_id].append(point)
    for row in read_rows(connection, "seat_statement"):
        if row.source == source:
            known.statements[row.area_id] = (row.person_id, row.party_id)
    for row in read_rows(connection, "import_question"):
        known.asked[Identifier(row.scheme, row.value)] = Answer(row.state, row.person_id)
    for row in read_rows(connection, "person_token"):
        known.tokens[row.person_id].add(row.token)
    return known


def write_draft(connection: Connection, draft: Draft, source: str) -> None:
    """Write all additions and changes of an import in the current transaction."""
    add_rows(connection, "party", [_party_row(one) for one in draft.added["party"]])
    change_rows(connection, "party", [_party_row(one) for one in draft.updated("party")])
    add_rows(connection, "area", [area_row(one) for one in draft.added["area"]])
    change_rows(connection, "area", [area_row(one) for one in draft.updated("area")])
    add_rows(connection, "area_identifier", _identifier_rows(draft, "area"))
    add_rows(connection, "person", [_person_row(one) for one in draft.added["person"]])
    change_rows(connection, "person", [_person_row(one) for one in draft.updated("person")])
    add_rows(connection, "person_identifier", _identifier_rows(draft, "person"))
    add_rows(connection, "person_name", [_name_row(one) for one in draft.added["person_name"]])
    change_rows(connection, "person_name", [_name_row(one) for one in draft.updated("person_name")])
    _write_terms(connection, draft)
    add_rows(connection, "contact_point", [_contact_row(one) for one in draft.added["contact_point"]])
    change_rows(connection, "contact_point", [_contact_row(one) for one in draft.updated("contact_point")])
    _write_statements(connection, draft)
    _write_tokens(connection, draft)
    add_rows(connection, "import_question", [_question_row(one, source) for one in draft.questions.values()])
    connection.execute(_JOIN_WAITING)


def _write_terms(connection: Connection, draft: Draft) -> None:
    """Ends before beginnings: the database lets one open term hold a seat."""
    changed = list(draft.updated("office_holding"))
    change_rows(connection, "office_holding", [_term_row(one) for one in changed if not one.is_open])
    change_rows(connection, "office_holding", [_term_row(one) for one in changed if one.is_open])
    add_rows(connection, "office_holding", [_term_row(one) for one in draft.added["office_holding"]])


def _write_statements(connection: Connection, draft: Draft) -> None:
    table = _TABLES["seat_statement"]
    rows = [
        {
            "source": source,
            "area_id": area_id,
            "person_id": claim[0],
            "party_id": claim[1],
            "created_at": now(),
        }
        for source, area_id, claim in draft.added["seat_statement"]
    ]
    if rows:
        statement = insert(table)
        kept = {name: statement.excluded[name] for name in ("person_id", "party_id")}
        upsert = statement.on_conflict_do_update(index_elements=["source", "area_id"], set_=kept)
        connection.execute(upsert, rows)


def _write_tokens(connection: Connection, draft: Draft) -> None:
    table, before = _TABLES["person_token"], draft.known.tokens
    wanted = draft.wanted_tokens()
    for person_id, tokens in before.items():
        stale = tokens - wanted.get(person_id, set())
        if stale:
            connection.execute(
                delete(table).where(table.c.person_id == person_id, table.c.token.in_(sorted(stale)))
            )
    new = [
        {"token": token, "person_id": person_id}
        for person_id, tokens in wanted.items()
        for token in sorted(tokens - before.get(person_id, set()))
    ]
    add_rows(connection, "person_token", new)


# Rows to states


def load_areas(connection: Connection, known: Known) -> None:
    """All areas on record, with their codes."""
    for row in read_rows(connection, "area"):
        hexagon = None if row.hex_q is None else (row.hex_q, row.hex_r)
        known.areas[row.id] = AreaState(
            row.id, row.kind, row.name, list(row.other_names), row.gss_code, row.region, row.country,
            *span_of(row), hexagon,
        )  # fmt: skip
    for row in read_rows(connection, "area_identifier"):
        identifier = Identifier(row.scheme, row.value)
        known.area_of[identifier] = row.area_id
        known.areas[row.area_id].identifiers.add(identifier)


def _load_persons(connection: Connection, known: Known) -> None:
    for row in read_rows(connection, "person"):
        known.persons[row.id] = PersonState(
            row.id, row.name, row.family_name, row.full_title, row.salutation_checked_at
        )
    for row in read_rows(connection, "person_identifier"):
        identifier = Identifier(row.scheme, row.value)
        known.person_of[identifier] = row.person_id
        known.persons[row.person_id].identifiers.add(identifier)
    for row in read_rows(connection, "person_name"):
        known.persons[row.person_id].names[row.text, row.is_main] = NameState(
            row.id, row.person_id, row.text, row.is_main, row.is_peerage, row.family_name, row.honorific,
            *span_of(row),
        )  # fmt: skip


def _term(row: Any) -> TermState:
    return TermState(
        row.id, row.person_id, row.kind, row.area_id, row.party_id, row.source, row.source_id,
        row.source_statement, row.source_note, *span_of(row), row.start_reason, row.end_reason,
        row.institution_id,
    )  # fmt: skip


def span_of(row: Any) -> tuple[PartialDate | None, PartialDate | None]:
    """A row's start and end."""
    return (
        row.start_on and PartialDate.known_to(row.start_on, row.start_precision),
        row.end_on and PartialDate.known_to(row.end_on, row.end_precision),
    )


# States to rows


def _party_row(one: PartyState) -> dict[str, Any]:
    return {"id": one.id, "key": one.key, "name": one.name, "colour": one.colour}


def area_row(one: AreaState) -> dict[str, Any]:
    """An area as its table holds it."""
    q, r = one.hexagon or (None, None)
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "sort_key": fold(one.name),
        "other_names": one.other_names, "gss_code": one.gss_code,
        "region": one.region, "country": one.country, "hex_q": q, "hex_r": r, **span_columns(one),
    }  # fmt: skip


def _person_row(one: PersonState) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "sort_key": one.sort_key, "family_name": one.family_name,
        "full_title": one.full_title, "salutation_checked_at": one.salutation_checked_at,
    }  # fmt: skip


def _name_row(one: NameState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "text": one.text, "is_main": one.is_main,
        "is_peerage": one.is_peerage, "family_name": one.family_name, "honorific": one.honorific,
        **span_columns(one),
    }  # fmt: skip


def _term_row(one: TermState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "kind": one.kind, "area_id": one.area_id,
        "party_id": one.party_id, "start_reason": one.start_reason, "end_reason": one.end_reason,
        "source": one.source, "source_id": one.source_id, "source_statement": one.source_statement,
        "source_note": one.source_note, "institution_id": one.institution_id,
        **span_columns(one),
    }  # fmt: skip


def _contact_row(one: ContactPointState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "kind": one.kind, "email": one.email, "source": one.source,
        "checked_on": one.checked_on, "ended_on": one.ended_on, "phone": one.phone, "address": one.address,
        "url": one.url, "is_preferred": one.is_preferred,
    }  # fmt: skip


def _question_row(one: Question, source: str) -> dict[str, Any]:
    return {
        "id": new_id(), "source": source, "place": one.place, "scheme": one.identifier.scheme,
        "value": one.identifier.value, "reason": one.reason, "says": one.says,
        "candidate_ids": list(one.candidates), "state": "open",
    }  # fmt: skip


def _identifier_rows(draft: Draft, what: str) -> list[dict[str, Any]]:
    return [
        {"scheme": one.scheme, "value": one.value, f"{what}_id": owner}
        for owner, one in draft.added[f"{what}_identifier"]
    ]


def span_columns(one: Any) -> dict[str, Any]:
    """A start is kept as the first day it can mean, an end as the last."""
    return {
        "start_on": one.start and one.start.earliest,
        "start_precision": one.start.precision if one.start else "day",
        "end_on": one.end and one.end.latest,
        "end_precision": one.end.precision if one.end else "day",
    }
