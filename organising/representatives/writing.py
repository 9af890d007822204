"""Reading what is known from the database, and writing an import to it: one statement a table, not one a row.

COPY is refused on tables with row security, so rows travel as one JSON document each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert

from organising.platform.clock import now
from organising.platform.db import db
from organising.representatives import models as models  # its tables are in the metadata
from organising.representatives.known import (
    AreaState,
    ContactPointState,
    Draft,
    Known,
    NameState,
    PartyState,
    PersonState,
    TermState,
)
from organising.representatives.names import fold
from organising.representatives.readers.records import Identifier, PartialDate

_TABLES = db.metadata.tables
_DIALECT = postgresql.dialect()
# Released with the transaction; a second import waits for the first.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('organising.representatives.import'))")


def lock_imports(connection: Connection) -> None:
    """Let one import at a time compare and write."""
    connection.execute(_LOCK)


def load_known(connection: Connection, source: str) -> Known:
    """All representatives on record, and what `source` last said of each seat."""
    known = Known()
    for row in _rows(connection, "party"):
        known.parties[row.key] = PartyState(row.id, row.key, row.name, row.colour)
    _load_areas(connection, known)
    _load_persons(connection, known)
    for row in _rows(connection, "office_holding"):
        known.add_term(_term(row))
    for row in _rows(connection, "contact_point"):
        point = ContactPointState(
            row.id, row.person_id, row.kind, row.email, row.source, row.checked_on, row.ended_on
        )
        known.contact_points[row.person_id].append(point)
    for row in _rows(connection, "seat_statement"):
        if row.source == source:
            known.statements[row.area_id] = (row.person_id, row.party_id)
    for row in _rows(connection, "person_token"):
        known.tokens[row.person_id].add(row.token)
    return known


def write_draft(connection: Connection, draft: Draft) -> None:
    """Write all additions and changes of an import in the current transaction."""
    _add(connection, "party", [_party_row(one) for one in draft.added["party"]])
    _change(connection, "party", [_party_row(one) for one in draft.updated("party")])
    _add(connection, "area", [_area_row(one) for one in draft.added["area"]])
    _change(connection, "area", [_area_row(one) for one in draft.updated("area")])
    _add(connection, "area_identifier", _identifier_rows(draft, "area"))
    _add(connection, "person", [_person_row(one) for one in draft.added["person"]])
    _change(connection, "person", [_person_row(one) for one in draft.updated("person")])
    _add(connection, "person_identifier", _identifier_rows(draft, "person"))
    _add(connection, "person_name", [_name_row(one) for one in draft.added["person_name"]])
    _change(connection, "person_name", [_name_row(one) for one in draft.updated("person_name")])
    _write_terms(connection, draft)
    _add(connection, "contact_point", [_contact_row(one) for one in draft.added["contact_point"]])
    _change(connection, "contact_point", [_contact_row(one) for one in draft.updated("contact_point")])
    _write_statements(connection, draft)
    _write_tokens(connection, draft)


def _write_terms(connection: Connection, draft: Draft) -> None:
    """Ends before beginnings: the database lets one open term hold a seat."""
    changed = list(draft.updated("office_holding"))
    _change(connection, "office_holding", [_term_row(one) for one in changed if not one.is_open])
    _change(connection, "office_holding", [_term_row(one) for one in changed if one.is_open])
    _add(connection, "office_holding", [_term_row(one) for one in draft.added["office_holding"]])


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
    _add(connection, "person_token", new)


def _add(connection: Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    stamped = [{**row, "created_at": now()} for row in rows]
    columns = list(stamped[0])
    listed = ", ".join(columns)
    # Names of tables and columns are the product's own; values travel as a parameter.
    statement = f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {_recordset(name, columns)}"  # noqa: S608
    connection.execute(text(statement), {"rows": _json(stamped)})


def _change(connection: Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    values = ", ".join(f"{column} = r.{column}" for column in columns if column != "id")
    statement = f"UPDATE {name} t SET {values} FROM {_recordset(name, columns)} WHERE t.id = r.id"  # noqa: S608
    connection.execute(text(statement), {"rows": _json(rows)})


def _recordset(name: str, columns: Iterable[str]) -> str:
    table = _TABLES[name]
    typed = ", ".join(f"{column} {table.c[column].type.compile(_DIALECT)}" for column in columns)
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({typed})"


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(
        rows, default=lambda value: value.isoformat() if isinstance(value, date) else str(value)
    )


def _rows(connection: Connection, name: str) -> Sequence[Any]:
    return connection.execute(select(_TABLES[name])).all()


# Rows to states


def _load_areas(connection: Connection, known: Known) -> None:
    for row in _rows(connection, "area"):
        hexagon = None if row.hex_q is None else (row.hex_q, row.hex_r)
        known.areas[row.id] = AreaState(
            row.id, row.kind, row.name, list(row.other_names), row.gss_code, row.region, row.country,
            *_span(row), hexagon,
        )  # fmt: skip
    for row in _rows(connection, "area_identifier"):
        identifier = Identifier(row.scheme, row.value)
        known.area_of[identifier] = row.area_id
        known.areas[row.area_id].identifiers.add(identifier)


def _load_persons(connection: Connection, known: Known) -> None:
    for row in _rows(connection, "person"):
        known.persons[row.id] = PersonState(
            row.id, row.name, row.family_name, row.full_title, row.salutation_checked_at
        )
    for row in _rows(connection, "person_identifier"):
        identifier = Identifier(row.scheme, row.value)
        known.person_of[identifier] = row.person_id
        known.persons[row.person_id].identifiers.add(identifier)
    for row in _rows(connection, "person_name"):
        known.persons[row.person_id].names[row.text, row.is_main] = NameState(
            row.id, row.person_id, row.text, row.is_main, row.is_peerage, row.family_name, row.honorific,
            *_span(row),
        )  # fmt: skip


def _term(row: Any) -> TermState:
    return TermState(
        row.id, row.person_id, row.kind, row.area_id, row.party_id, row.source, row.source_id,
        row.source_statement, row.source_note, *_span(row), row.start_reason, row.end_reason,
    )  # fmt: skip


def _span(row: Any) -> tuple[PartialDate | None, PartialDate | None]:
    return (
        row.start_on and PartialDate.known_to(row.start_on, row.start_precision),
        row.end_on and PartialDate.known_to(row.end_on, row.end_precision),
    )


# States to rows


def _party_row(one: PartyState) -> dict[str, Any]:
    return {"id": one.id, "key": one.key, "name": one.name, "colour": one.colour}


def _area_row(one: AreaState) -> dict[str, Any]:
    q, r = one.hexagon or (None, None)
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "sort_key": fold(one.name),
        "other_names": one.other_names, "gss_code": one.gss_code,
        "region": one.region, "country": one.country, "hex_q": q, "hex_r": r, **_span_columns(one),
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
        **_span_columns(one),
    }  # fmt: skip


def _term_row(one: TermState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "kind": one.kind, "area_id": one.area_id,
        "party_id": one.party_id, "start_reason": one.start_reason, "end_reason": one.end_reason,
        "source": one.source, "source_id": one.source_id, "source_statement": one.source_statement,
        "source_note": one.source_note, **_span_columns(one),
    }  # fmt: skip


def _contact_row(one: ContactPointState) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person_id, "kind": one.kind, "email": one.email, "source": one.source,
        "checked_on": one.checked_on, "ended_on": one.ended_on,
    }  # fmt: skip


def _identifier_rows(draft: Draft, what: str) -> list[dict[str, Any]]:
    return [
        {"scheme": one.scheme, "value": one.value, f"{what}_id": owner}
        for owner, one in draft.added[f"{what}_identifier"]
    ]


def _span_columns(one: AreaState | NameState | TermState) -> dict[str, Any]:
    """A start is kept as the first day it can mean, an end as the last."""
    return {
        "start_on": one.start and one.start.earliest,
        "start_precision": one.start.precision if one.start else "day",
        "end_on": one.end and one.end.latest,
        "end_precision": one.end.precision if one.end else "day",
    }
