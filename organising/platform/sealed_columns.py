"""Every sealed column that the database has, found by its name, and what is in it sealed anew in batches."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, text

from .roles import OWNER
from .schema import ident
from .sealing import binding, seal, unseal

BATCH = 500
# Scans and messages are large: a batch holds no more than so many bytes, or one row.
BATCH_BYTES = 8 * 1024 * 1024

COLUMNS = text(
    """
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
           EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'organisation_id') AS is_owned,
           EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & 16 > 0)
             AS has_triggers
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname LIKE '%\\_cipher' AND NOT a.attisdropped
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
     GROUP BY c.oid, c.relname ORDER BY c.relname
    """
)


@dataclass(frozen=True)
class SealedTable:
    """A table and its ``…_cipher`` columns. ``is_owned``: sealed with an organisation's key, else the installation's."""

    name: str
    columns: tuple[str, ...]
    is_owned: bool
    has_triggers: bool


@dataclass
class Resealed:
    """What going through once found. ``unreadable``: opens with none of the keys, and is left as it is."""

    seen: int = 0
    changed: int = 0
    unreadable: int = 0


def list_sealed_tables(connection: Connection) -> list[SealedTable]:
    """The tables with sealed columns."""
    return [
        SealedTable(row.name, tuple(row.columns), row.is_owned, row.has_triggers)
        for row in connection.execute(COLUMNS)
    ]


@contextmanager
def in_maintenance(connection: Connection) -> Iterator[None]:
    """One transaction of a connection as the owner who sees every row; committed at the end."""
    with connection.begin():
        connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
        connection.exec_driver_sql("SELECT set_config('app.maintenance', 'on', true)")
        yield


def count_sealed(connection: Connection, tables: Sequence[SealedTable], organisation_id: UUID | None) -> int:
    """How many sealed values an organisation (or the installation) has."""
    total = 0
    for table in tables:
        counted = " + ".join(f"count({column})" for column in table.columns)
        statement = f"SELECT {counted} FROM {ident(table.name)} WHERE {_whose(table)}"  # noqa: S608 (names of the catalogue)
        total += connection.scalar(text(statement), {"o": organisation_id}) or 0
    return total


def reseal(
    connection: Connection,
    table: SealedTable,
    organisation_id: UUID | None,
    keys: Sequence[bytes],
    *,
    batch: int = BATCH,
    step: Callable[[Resealed], None] = lambda found: None,
) -> Resealed:
    """Seal with ``keys[0]`` what one of the others closed, a transaction per batch. A row changed meanwhile is left to it."""
    found, last = Resealed(), UUID(int=0)
    while True:
        with in_maintenance(connection):
            ids = _next_ids(connection, table, organisation_id, last, batch)
            if ids:
                _reseal_rows(connection, table, organisation_id, keys, ids, found, True)
        if not ids:
            return found
        last = ids[-1]
        step(found)


def reseal_here(
    connection: Connection, table: SealedTable, keys: Sequence[bytes], *, write: bool
) -> Resealed:
    """The same for a table of the installation's, within the transaction that the caller began."""
    found, last = Resealed(), UUID(int=0)
    while ids := _next_ids(connection, table, None, last, BATCH):
        _reseal_rows(connection, table, None, keys, ids, found, write)
        last = ids[-1]
    return found


def _next_ids(
    connection: Connection, table: SealedTable, organisation_id: UUID | None, last: UUID, batch: int
) -> list[UUID]:
    size = " + ".join(f"coalesce(octet_length({column}), 0)" for column in table.columns)
    rows = connection.execute(
        text(
            f"SELECT id, {size} AS size FROM {ident(table.name)} "  # noqa: S608 (names of the catalogue)
            f"WHERE {_whose(table)} AND id > :last AND num_nonnulls({', '.join(table.columns)}) > 0 ORDER BY id LIMIT :most"
        ),
        {"o": organisation_id, "last": last, "most": batch},
    ).all()
    taken: list[UUID] = []
    total = 0
    for row in rows:
        total += row.size
        if taken and total > BATCH_BYTES:
            break
        taken.append(row.id)
    return taken


def _reseal_rows(
    connection: Connection,
    table: SealedTable,
    organisation_id: UUID | None,
    keys: Sequence[bytes],
    ids: Sequence[UUID],
    found: Resealed,
    write: bool,
) -> None:
    rows = connection.execute(
        text(
            f"SELECT id, {', '.join(table.columns)} FROM {ident(table.name)} WHERE {_whose(table)} AND id = ANY(:ids)"  # noqa: S608
        ),
        {"o": organisation_id, "ids": list(ids)},
    ).all()
    changes: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        for column in table.columns:
            cipher = getattr(row, column)
            if cipher is None:
                continue
            found.seen += 1
            bound_to = binding(organisation_id, table.name, column, row.id)
            plain, place = _opened(keys, bytes(cipher), bound_to)
            if plain is None:
                found.unreadable += 1
            elif place:
                fresh = seal(keys[0], plain, bound_to)
                changes.setdefault(column, []).append(
                    {"o": organisation_id, "i": row.id, "was": cipher, "fresh": fresh}
                )
    found.changed += sum(map(len, changes.values()))
    if write and changes:
        _write(connection, table, changes)


def _write(connection: Connection, table: SealedTable, changes: dict[str, list[dict[str, object]]]) -> None:
    # What the row says stays the same, so nothing that watches its changes may act: "what somebody signed never changes".
    if table.has_triggers:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        connection.exec_driver_sql(f"ALTER TABLE {ident(table.name)} DISABLE TRIGGER USER")
    for column, rows in changes.items():
        connection.execute(
            text(
                f"UPDATE {ident(table.name)} SET {column} = :fresh WHERE {_whose(table)} AND id = :i AND {column} = :was"  # noqa: S608
            ),
            rows,
        )
    if table.has_triggers:
        connection.exec_driver_sql(f"ALTER TABLE {ident(table.name)} ENABLE TRIGGER USER")


def _opened(keys: Sequence[bytes], cipher: bytes, bound_to: bytes) -> tuple[bytes | None, int]:
    for place, key in enumerate(keys):
        try:
            return unseal(key, cipher, bound_to), place
        except InvalidTag:
            continue
    return None, 0


def _whose(table: SealedTable) -> str:
    return "organisation_id = :o" if table.is_owned else "CAST(:o AS uuid) IS NULL"
