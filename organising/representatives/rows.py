"""Rows in and out of the reference tables: one statement a table, not one a row.

COPY is refused on tables with row security, so rows travel as one JSON document each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import postgresql

from organising.platform.clock import now
from organising.platform.db import db
from organising.representatives import models as models  # its tables are in the metadata

_TABLES = db.metadata.tables
_DIALECT = postgresql.dialect()


def read_rows(connection: Connection, name: str) -> Sequence[Any]:
    """All rows of a table."""
    return connection.execute(select(_TABLES[name])).all()


def add_rows(connection: Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows, all with the same columns."""
    if not rows:
        return
    stamped = [{**row, "created_at": now()} for row in rows]
    columns = list(stamped[0])
    listed = ", ".join(columns)
    # Names of tables and columns are the product's own; values travel as a parameter.
    statement = f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {_recordset(name, columns)}"  # noqa: S608
    connection.execute(text(statement), {"rows": _json(stamped)})


def change_rows(
    connection: Connection, name: str, rows: Sequence[dict[str, Any]], keys: Sequence[str] = ("id",)
) -> None:
    """Change rows, all with the same columns, found by `keys`."""
    if not rows:
        return
    columns = list(rows[0])
    values = ", ".join(f"{column} = r.{column}" for column in columns if column not in keys)
    found = " AND ".join(f"t.{key} = r.{key}" for key in keys)
    statement = f"UPDATE {name} t SET {values} FROM {_recordset(name, columns)} WHERE {found}"  # noqa: S608
    connection.execute(text(statement), {"rows": _json(rows)})


def _recordset(name: str, columns: Iterable[str]) -> str:
    table = _TABLES[name]
    typed = ", ".join(f"{column} {table.c[column].type.compile(_DIALECT)}" for column in columns)
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({typed})"


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(
        rows, default=lambda value: value.isoformat() if isinstance(value, date) else str(value)
    )
