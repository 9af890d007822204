"""Many rows in one statement.

PostgreSQL refuses COPY into tables with row security, and the product's login may make no temporary tables. So the
columns of the rows travel as binary arrays, packed as COPY would pack them, and ``INSERT … SELECT … FROM unnest(…)``
takes them under the same policies, checks and keys as a single row.
"""

import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import Table
from sqlalchemy.orm import Session

# Instants and days are counted from here (PostgreSQL, “Date/Time Types”).
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(2000, 1, 1).toordinal()
_ARRAY = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i")
_NOTHING = _LENGTH.pack(-1)


def _microseconds(at: datetime) -> bytes:
    passed = at - _EPOCH
    return struct.pack("!q", (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds)


# Element type, its array's and its own number (pg_type.dat), and how a value is packed.
_KINDS: dict[str, tuple[int, int, Callable[[Any], bytes]]] = {
    "uuid": (2951, 2950, lambda value: value.bytes),
    "text": (1009, 25, lambda value: value.encode()),
    "bytea": (1001, 17, bytes),
    "integer": (1007, 23, struct.Struct("!i").pack),
    "smallint": (1005, 21, struct.Struct("!h").pack),
    "boolean": (1000, 16, lambda value: b"\1" if value else b"\0"),
    "timestamp with time zone": (1185, 1184, _microseconds),
    "date": (1182, 1082, lambda value: struct.pack("!i", value.toordinal() - _FIRST_DAY)),
    "jsonb": (3807, 3802, lambda value: b"\1" + json.dumps(value).encode()),
}
_OF_PYTHON: dict[type, str] = {
    UUID: "uuid", str: "text", bytes: "bytea", int: "integer", bool: "boolean", datetime: "timestamp with time zone",
    date: "date", dict: "jsonb",
}  # fmt: skip


class _Packed:
    """A column of values, packed as PostgreSQL sends arrays."""

    def __init__(self, kind: str, values: Sequence[Any]) -> None:
        self.array, element, pack = _KINDS[kind]
        parts, has_nothing = [], 0
        for value in values:
            if value is None:
                has_nothing = 1
                parts.append(_NOTHING)
            else:
                packed = pack(value)
                parts += (_LENGTH.pack(len(packed)), packed)
        self.data = _ARRAY.pack(1, has_nothing, element, len(values), 1) + b"".join(parts)


class _Array(Dumper):
    """Sends what is packed already, under the number of its array's type."""

    format = Format.BINARY

    def dump(self, obj: _Packed) -> bytes:
        """As it is."""
        return obj.data

    def get_key(self, obj: _Packed, format: Any) -> Any:
        """One dumper for each type of array."""
        return (self.cls, obj.array)

    def upgrade(self, obj: _Packed, format: Any) -> "_Array":
        """The dumper of this type of array."""
        made = type(self)(self.cls)
        made.oid = obj.array
        return made


def insert_rows(
    session: Session,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
    conflict: str = "",
) -> None:
    """Insert rows of these columns; ``same``: what all of them have in common. ``conflict``: an ON CONFLICT clause.

    Rows of a table with an ``id`` that is not among the columns get one from the database.
    """
    if not rows:
        return
    same = dict(same or {})
    kinds = [_kind(table, name) for name in columns]
    made = {} if "id" in columns else {"id": sql.SQL("gen_random_uuid()")}
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS given ({}) {}").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, [*made, *same, *columns])),
        sql.SQL(", ").join(
            [*made.values()]
            + [sql.SQL("%s::" + _kind(table, name)) for name in same]
            + [sql.Identifier("given", name) for name in columns]
        ),
        sql.SQL(", ").join([sql.SQL("%s")] * len(columns)),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(conflict),
    )
    packed = [_Packed(kind, values) for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)]
    run(session, statement, [*same.values(), *packed])


def update_rows(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, more: str = ""
) -> None:
    """Set these columns of rows found by ``id``, which is the first of each; ``more``: further assignments."""
    if not rows:
        return
    names = ["id", *columns]
    assigned = [
        sql.SQL("{} = {}").format(sql.Identifier(one), sql.Identifier("given", one)) for one in columns
    ]
    statement = sql.SQL("UPDATE {table} AS kept SET {set} FROM unnest({arrays}) AS given ({names}) WHERE kept.id = given.id").format(
        table=sql.Identifier(table.name),
        set=sql.SQL(", ").join([*assigned, *([sql.SQL(more)] if more else [])]),
        arrays=sql.SQL(", ").join([sql.SQL("%s")] * len(names)),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
    )  # fmt: skip
    kinds = [_kind(table, name) for name in names]
    run(
        session,
        statement,
        [_Packed(kind, values) for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)],
    )


def run(session: Session, statement: Any, parameters: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Run one statement of the driver's in the session's transaction; a list of one kind travels as a packed array."""
    session.flush()
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.adapters.register_dumper(_Packed, _Array)
        cursor.execute(statement, [_sent(one) for one in parameters])
        return cursor.fetchall() if cursor.description else []


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        return _Packed(_OF_PYTHON[type(value[0])] if value else "text", value)
    return value


def _kind(table: Table, column: str) -> str:
    kind = str(table.c[column].type.compile(_DIALECT)).lower().partition(" collate ")[0]
    return {"varchar": "text"}.get(kind, kind)


def _dialect() -> Any:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    return PGDialect_psycopg()


_DIALECT = _dialect()
