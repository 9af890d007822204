"""Taking in 100,000 people from a file, against a bare COPY of the very rows that come of it."""

import time
from uuid import UUID

import psycopg
from flask import Flask

from bench.measure import Result
from organising.contacts import jobs
from organising.contacts.models import ContactImport
from organising.contacts.services.importing import ask_for_import, keep_file
from organising.contacts.services.undoing import ask_for_undo
from organising.platform.actor import Actor
from organising.platform.queue import run
from tests.support.contacts_file import mixed_file
from tests.support.databases import Databases
from tests.support.world import World

ROWS = 100_000
TABLES = ("contact", "contact_detail", "contact_area", "contact_tag", "contact_note", "search_token", "tag", "imported_row",
          "import_finding")  # fmt: skip


def compare_imports(databases: Databases, environment: dict[str, str], app: Flask) -> list[Result]:
    """Rows a second through the product, with validation, canonical forms, the search for duplicates, and encryption.

    The baseline copies the same rows into tables with the same columns, checks and indexes, without row security and
    foreign keys, in one transaction.
    """
    world = World(app)
    actor, made = world.user("neu", "organiser"), mixed_file(ROWS)
    with world.context("neu", actor) as session:
        import_id = keep_file(actor, "people.csv", made.content).id
        session.commit()
    looking = _timed(app, actor, import_id)
    with world.context("neu", actor) as session:
        kept = session.get_one(ContactImport, (actor.organisation_id, import_id))
        assert (kept.wrong, kept.added) == (len(made.faults), made.right), (kept.wrong, kept.added)
        ask_for_import(actor, import_id, version=kept.version)
        session.commit()
    writing = _timed(app, actor, import_id)
    url = databases.owner_of(environment["DATABASE_URL"]).replace("postgresql+psycopg", "postgresql")
    copied, rows = _copy(url)
    with world.context("neu", actor) as session:
        ask_for_undo(actor, import_id)
        session.commit()
    undoing = _timed(app, actor, import_id)
    note = (
        f"{looking:.0f} s to read and look at, {writing:.0f} s to write, {undoing:.0f} s to undo; the COPY of "
        f"{rows:,} rows took {copied:.1f} s"
    )
    return [
        Result("importing contacts: written", "COPY of the same rows", ROWS / writing, ROWS / copied, note),
        Result("importing contacts: looked at and written", "the same", ROWS / (looking + writing), ROWS / copied, ""),
    ]  # fmt: skip


def _timed(app: Flask, actor: Actor, import_id: UUID) -> float:
    began = time.monotonic()
    with app.app_context():
        for _turn in range(1_000):
            run(jobs.GO_ON, actor.organisation_id, import_id, "import")
            if _is_over(app, actor, import_id):
                return time.monotonic() - began
    raise AssertionError("it never ended")


def _is_over(app: Flask, actor: Actor, import_id: UUID) -> bool:
    from organising.platform.tenancy import Context, use_context

    with use_context(Context(organisation_id=actor.organisation_id)) as session:
        return not session.get_one(ContactImport, (actor.organisation_id, import_id)).is_under_way


def _copy(url: str) -> tuple[float, int]:
    """Seconds that a bare COPY of all that was written takes, and how many rows it is."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL app.maintenance = 'on'")
        held, rows = {}, 0
        for table in TABLES:
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as out:  # noqa: S608
                held[table] = b"".join(map(bytes, out))
            rows += held[table].count(b"\n")
        connection.commit()
        began = time.monotonic()
        for table, content in held.items():
            with connection.cursor() as cursor, cursor.copy(f"COPY bare_{table} FROM STDIN") as into:
                into.write(content)
        connection.commit()
        return time.monotonic() - began, rows
