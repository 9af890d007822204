"""Keys changed and destroyed, as the owner of the database.

An organisation's key: a second one is made, which seals from then on; everything the first closed is sealed anew in
batches; and when no process can still know the first alone, it goes. Killed in the middle, both stand, everything
can be read, and the same command goes on.

The installation's key: the product stands still, and one transaction wraps all keys anew. Killed, nothing has changed.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from . import sealing
from .errors import Conflict, NotFound
from .keys import derive
from .migrations import install_context_key, maintenance
from .ownership import new_id
from .sealed_columns import (
    BATCH,
    Resealed,
    SealedTable,
    count_sealed,
    in_maintenance,
    list_sealed_tables,
    reseal,
    reseal_here,
)
from .sealing import IDENTITY, KeyGone, Keyring, seal, unseal

LOCK = 7_310_220_605
POLL_SECONDS = 0.2


@dataclass
class KeyChange:
    """What a change came to. ``values``: sealed values seen; ``changed``: sealed anew in this run, by table."""

    organisation: str
    values: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    resumed: bool = False
    finished: bool = False


@dataclass(frozen=True)
class Owner:
    """Whose key: an organisation as the owner finds it."""

    id: UUID
    slug: str
    name: str


def find_owner(connection: Connection, slug: str) -> Owner:
    """The organisation with this short address; raises :class:`NotFound`."""
    row = connection.execute(
        text("SELECT id, slug, name FROM organisation WHERE slug = :s"), {"s": slug}
    ).one_or_none()
    if row is None:
        raise NotFound
    return Owner(row.id, row.slug, row.name)


def rotate_organisation_key(
    owner_url: str,
    installation_key: bytes,
    slug: str,
    *,
    dry_run: bool = False,
    batch: int = BATCH,
    say: Callable[[str], None] = lambda words: None,
) -> KeyChange:
    """Give an organisation another key and seal everything anew; goes on where a killed run ended.

    Raises :class:`NotFound`, :class:`KeyGone` where its key was destroyed, :class:`Conflict` where another run is at it.
    """
    ring = Keyring(installation_key)
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        with in_maintenance(connection):
            owner = find_owner(connection, slug)
            tables = [one for one in list_sealed_tables(connection) if one.is_owned]
            keys = _standing(connection, ring, owner.id)
            change = KeyChange(slug, count_sealed(connection, tables, owner.id), resumed=len(keys) > 1)
        if dry_run:
            return change
        _alone(connection, owner.id)
        if len(keys) == 1:
            with in_maintenance(connection):
                keys = [_add(connection, ring, owner.id), *keys]
        say(
            f"{change.values} sealed values; the {'newer' if change.resumed else 'new'} key seals from now on."
        )
        _pass(connection, tables, owner.id, keys, change, batch, say)
        _let_others_learn(connection, owner.id, say)
        _pass(connection, tables, owner.id, keys, change, batch, lambda words: None)
        with in_maintenance(connection):
            _end_older(connection, owner.id)
            note(connection, owner.id, "keys.rotated", values=change.values)
        change.finished = True
    return change


def destroy_organisation_key(owner_url: str, slug: str) -> int:
    """Destroy every key of an organisation: nothing that it sealed opens again. Answers how many there were."""
    with maintenance(owner_url) as connection:
        owner = find_owner(connection, slug)
        ended = connection.execute(
            text(
                "UPDATE organisation_key SET wrapped = '', destroyed_at = now() "
                "WHERE organisation_id = :o AND destroyed_at IS NULL"
            ),
            {"o": owner.id},
        ).rowcount
        if ended:
            note(connection, owner.id, "keys.destroyed", keys=ended)
    return ended


def rotate_installation_key(
    owner_url: str, login: str, old: bytes, new: bytes, *, dry_run: bool = False
) -> dict[str, int]:
    """Wrap every key anew and seal the identity rows with the new one, in one transaction; answers what was counted.

    Raises :class:`Conflict` while the product runs, or where the two are one; :class:`KeyGone` where ``old`` is not the key.
    Done already: counts nothing.
    """
    if old == new:
        raise Conflict("The new installation key is the present one.")
    rings = Keyring(old), Keyring(new)
    with maintenance(owner_url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if _is_under(connection, rings[1]):
            return {}
        _refuse_while_it_runs(connection, login)
        counts = {
            "organisations": _rewrap_organisations(connection, *rings),
            "drives": _rewrap_drives(connection, old, new),
            "identity_fields": _reseal_identity(connection, old, new, write=not dry_run),
        }
        if dry_run:
            connection.rollback()
            return counts
        _keep_lookup_root(connection, *rings)
        install_context_key(connection, new)
        for organisation_id in connection.scalars(text("SELECT id FROM organisation")).all():
            note(connection, organisation_id, "keys.installation_rotated")
    return counts


def note(connection: Connection, organisation_id: UUID, action: str, **facts: int) -> None:
    """An event in the organisation's audit log, by nobody of its people."""
    connection.execute(
        text(
            "INSERT INTO audit_event (organisation_id, id, created_at, action, subject_type, subject_id, facts) "
            "VALUES (:o, :i, clock_timestamp(), :a, 'organisation', :o, CAST(:f AS jsonb))"
        ),
        {"o": organisation_id, "i": new_id(), "a": action, "f": json.dumps(facts)},
    )


def _standing(connection: Connection, ring: Keyring, organisation_id: UUID) -> list[bytes]:
    wrapped = connection.scalars(
        text(
            "SELECT wrapped FROM organisation_key WHERE organisation_id = :o AND destroyed_at IS NULL "
            "ORDER BY created_at DESC, id"
        ),
        {"o": organisation_id},
    ).all()
    if not wrapped:
        raise KeyGone("This organisation's key was destroyed: there is nothing left to change.")
    return [ring.unwrap(organisation_id, bytes(one)) for one in wrapped]


def _add(connection: Connection, ring: Keyring, organisation_id: UUID) -> bytes:
    wrapped = ring.wrap_new(organisation_id)
    connection.execute(
        text(
            "INSERT INTO organisation_key (organisation_id, id, wrapped, created_at) "
            "VALUES (:o, :i, :w, clock_timestamp())"
        ),
        {"o": organisation_id, "i": new_id(), "w": wrapped},
    )
    return ring.unwrap(organisation_id, wrapped)


def _alone(connection: Connection, organisation_id: UUID) -> None:
    """Held by the connection until it ends, however it ends."""
    with connection.begin():
        taken = connection.scalar(
            text("SELECT pg_try_advisory_lock(hashtextextended('organising key ' || :o, 0))"),
            {"o": str(organisation_id)},
        )
    if not taken:
        raise Conflict("Another command is changing this organisation's key.")


def _pass(
    connection: Connection,
    tables: Sequence[SealedTable],
    organisation_id: UUID,
    keys: Sequence[bytes],
    change: KeyChange,
    batch: int,
    say: Callable[[str], None],
) -> None:
    change.unreadable, done = 0, 0

    def step(found: Resealed) -> None:
        say(f"{done + found.seen} of {change.values}")

    for table in tables:
        found = reseal(connection, table, organisation_id, keys, batch=batch, step=step)
        done += found.seen
        change.unreadable += found.unreadable
        if found.changed:
            change.changed[table.name] = change.changed.get(table.name, 0) + found.changed


def _let_others_learn(connection: Connection, organisation_id: UUID, say: Callable[[str], None]) -> None:
    """Wait until no process knows the older key alone, and what was sealed with it has been committed or given up."""
    with in_maintenance(connection):
        age = connection.scalar(
            text(
                "SELECT extract(epoch FROM clock_timestamp() - max(created_at)) FROM organisation_key "
                "WHERE organisation_id = :o AND destroyed_at IS NULL"
            ),
            {"o": organisation_id},
        )
    left = sealing.CACHE_SECONDS * 1.1 - float(age or 0)
    if left > 0:
        say(f"Waiting {left:.0f} s, until every process has read the new key.")
        time.sleep(left)
    with in_maintenance(connection):
        fence = connection.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
    while True:
        with connection.begin():
            oldest = connection.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        if int(oldest or 0) > int(fence or 0):
            return
        time.sleep(POLL_SECONDS)


def _end_older(connection: Connection, organisation_id: UUID) -> None:
    connection.execute(
        text(
            "UPDATE organisation_key k SET wrapped = '', destroyed_at = now() WHERE k.organisation_id = :o "
            "AND k.destroyed_at IS NULL AND k.created_at < (SELECT max(n.created_at) FROM organisation_key n "
            "WHERE n.organisation_id = :o AND n.destroyed_at IS NULL)"
        ),
        {"o": organisation_id},
    )


def _refuse_while_it_runs(connection: Connection, login: str) -> None:
    there = connection.scalar(
        text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = :l"),
        {"l": login},
    )
    if there:
        raise Conflict(
            f"The product still runs ({there} connections of {login}): stop web server, workers and scheduler first."
        )


def _is_under(connection: Connection, ring: Keyring) -> bool:
    row = connection.execute(
        text("SELECT organisation_id, wrapped FROM organisation_key WHERE destroyed_at IS NULL LIMIT 1")
    ).one_or_none()
    if row is None:
        return False
    try:
        ring.unwrap(row.organisation_id, bytes(row.wrapped))
    except KeyGone:
        return False
    return True


def _rewrap_organisations(connection: Connection, old: Keyring, new: Keyring) -> int:
    rows = connection.execute(
        text("SELECT organisation_id, id, wrapped FROM organisation_key WHERE destroyed_at IS NULL")
    ).all()
    for row in rows:
        key = old.unwrap(row.organisation_id, bytes(row.wrapped))
        connection.execute(
            text("UPDATE organisation_key SET wrapped = :w WHERE organisation_id = :o AND id = :i"),
            {"w": new.wrap(row.organisation_id, key), "o": row.organisation_id, "i": row.id},
        )
    return len(rows)


def _rewrap_drives(connection: Connection, old: bytes, new: bytes) -> int:
    rows = connection.execute(text("SELECT drive_id, wrapped FROM vault.drive_key")).all()
    for row in rows:
        try:
            key = unseal(derive(old, "drive keys"), bytes(row.wrapped), row.drive_id.bytes)
        except InvalidTag:
            raise KeyGone("A pledge's key does not open with the old installation key.") from None
        wrapped = seal(derive(new, "drive keys"), key, row.drive_id.bytes)
        connection.execute(
            text("UPDATE vault.drive_key SET wrapped = :w WHERE drive_id = :d"),
            {"w": wrapped, "d": row.drive_id},
        )
    return len(rows)


def _reseal_identity(connection: Connection, old: bytes, new: bytes, *, write: bool) -> int:
    keys = [derive(new, IDENTITY), derive(old, IDENTITY)]
    total = 0
    for table in list_sealed_tables(connection):
        if not table.is_owned:
            found = reseal_here(connection, table, keys, write=write)
            if found.unreadable:
                raise KeyGone(
                    f"{found.unreadable} values of {table.name} open with neither installation key."
                )
            total += found.changed
    return total


def _keep_lookup_root(connection: Connection, old: Keyring, new: Keyring) -> None:
    wrapped = connection.scalar(text("SELECT wrapped FROM vault.lookup_root WHERE id = 1"))
    root = old.installation_key if wrapped is None else old.unwrap_lookup_root(bytes(wrapped))
    connection.execute(
        text(
            "INSERT INTO vault.lookup_root (id, wrapped) VALUES (1, :w) "
            "ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped"
        ),
        {"w": new.wrap_lookup_root(root)},
    )
