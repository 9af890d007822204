"""The audit log's chain, for tests: events, sealing until nothing waits, and whoever owns the database."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from organising.platform.audit import record
from organising.platform.audit_chain import EVENTS, Chain, judge, seal_all, verify_chain
from tests.support.pledges import Owner
from tests.support.world import World

UNSEALED = (
    "SELECT count(*) FROM audit_event e WHERE NOT EXISTS "
    "(SELECT FROM audit_seal s WHERE (s.organisation_id, s.id) = (e.organisation_id, e.id))"
)


def record_events(
    world: World, slug: str, count: int, *, each_alone: bool = False, action: str = "test.done"
) -> None:
    """So many events of an organisation, in one transaction or each in its own."""
    with world.context(slug) as session:
        for number in range(count):
            record(world._system(slug), action, "test", number=number, words="Łódź “quoted” \\ 1.50")
            if each_alone:
                session.commit()
        session.commit()


def seal(world: World, owner: Owner) -> int:
    """Seal all there is. On a server shared with other tests, a transaction of theirs may hold it up for a moment."""
    total = 0
    for _ in range(100):
        with world.app.app_context():
            total += seal_all()
        if owner.rows(UNSEALED) == [(0,)]:
            return total
        time.sleep(0.05)
    raise AssertionError("events stay unsealed")


def verify(world: World, slug: str, *heads: str) -> Chain:
    """Read one organisation's chain."""
    with world.app.app_context():
        return verify_chain(world.organisations[slug], slug, heads)


def places(owner: Owner, organisation_id: UUID) -> list[UUID]:
    """The sealed events' ids, by place."""
    statement = "SELECT id FROM audit_seal WHERE organisation_id = %s ORDER BY place"
    return [row[0] for row in owner.rows(statement, organisation_id)]


@contextmanager
def as_owner(owner: Owner) -> Iterator[Connection]:
    """Whoever owns the database, in maintenance; what they do is rolled back unless they commit."""
    engine = create_engine(owner.url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE organising_owner")
        connection.exec_driver_sql("SELECT set_config('app.maintenance', 'on', false)")
        yield connection
        connection.rollback()


def look(connection: Connection, organisation_id: UUID, *heads: str) -> Chain:
    """What verifying would find if the owner committed now."""
    return judge("as it would be", connection.execute(EVENTS, {"o": organisation_id}), heads)


def write_anew(connection: Connection, organisation_id: UUID, sealed_at: datetime) -> None:
    """The whole chain over what the log holds now, as somebody would who knows how it is made."""
    connection.execute(text("DELETE FROM audit_seal WHERE organisation_id = :o"), {"o": organisation_id})
    rows = connection.execute(
        text("SELECT id FROM audit_event WHERE organisation_id = :o ORDER BY created_at, id"),
        {"o": organisation_id},
    )
    before = bytes(32)
    for place, (event_id,) in enumerate(rows.all(), 1):
        values = {"o": organisation_id, "id": event_id, "place": place, "at": sealed_at, "hash": before}
        connection.execute(
            text(
                "INSERT INTO audit_seal (organisation_id, id, created_at, place, hash) VALUES (:o, :id, :at, :place, :hash)"
            ),
            values,
        )
        found = next(row for row in connection.execute(EVENTS, {"o": organisation_id}) if row.id == event_id)
        before = hashlib.sha256(before + found.sealed_text.encode()).digest()
        connection.execute(
            text("UPDATE audit_seal SET hash = :hash WHERE organisation_id = :o AND id = :id"),
            {"hash": before, "o": organisation_id, "id": event_id},
        )
