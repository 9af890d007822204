"""The firewall from outside the application: raw SQL over the runtime login, with every kind of context."""

import time
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from organising.organisations.models import Unit
from organising.platform.audit import record
from organising.platform.context import Context
from organising.platform.db import Owned, Shared
from organising.platform.errors import FirewallBreach
from organising.platform.keys import derive
from organising.platform.ownership import Base, Ownership
from organising.platform.tenancy import bind_context, use_context

KEY = derive(bytes(range(32)), "context")


def _enter(connection, role, context):
    connection.rollback()
    connection.execute(
        "SELECT set_config('role', %s, true), set_config('app.context', %s, true)", (role, context)
    )


def _tables(*kinds):
    mappers = Base.registry.mappers
    return sorted(
        {
            m.local_table.name
            for m in mappers
            if getattr(m.class_, "__ownership__", None) in kinds and m.local_table.schema is None
        }
    )


@pytest.fixture
def liberty_rows(world):
    """Rows of Liberty's in tables of every kind that this floor knows."""
    world.unit("liberty", "National office")
    world.user("liberty", "coordinator")
    with world.context("liberty") as session:
        record(world._system("liberty"), "test", "unit")
        session.commit()
    return world


def test_without_a_context_no_table_shows_a_private_row(liberty_rows, raw_login):
    connection = raw_login()
    for role in ("organising_runtime", "organising_public"):
        for table in _tables(Ownership.OWNED, Ownership.LENT, Ownership.IDENTITY):
            _enter(connection, role, "")
            with suppress(psycopg.errors.InsufficientPrivilege):
                assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,), table


def test_before_a_role_is_taken_the_login_may_do_nothing(liberty_rows, raw_login):
    connection = raw_login()
    for table in _tables(Ownership.OWNED, Ownership.SHARED, Ownership.REFERENCE):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f'SELECT count(*) FROM "{table}"')
        connection.rollback()


def _contexts(world):
    liberty, neu = world.organisations["liberty"], world.organisations["neu"]
    signed = Context(organisation_id=neu).sign(KEY)
    stale = f"1.{int(time.time()) - 1}.{liberty}..."
    import hashlib
    import hmac

    return {
        "own": signed,
        "organisation swapped": signed.replace(str(neu), str(liberty)),
        "signed with another key": Context(organisation_id=liberty).sign(b"x" * 32),
        "unsigned": f"1.{int(time.time()) + 600}.{liberty}...." + "0" * 64,
        "expired": f"{stale}.{hmac.new(KEY, stale.encode(), hashlib.sha256).hexdigest()}",
        "truncated": Context(organisation_id=liberty).sign(KEY)[:-1],
        "doubled": Context(organisation_id=liberty).sign(b"y" * 32) + signed,
        "bare": str(liberty),
        "garbage": "'; SELECT 1 --",
    }


def test_no_context_but_libertys_own_shows_a_row_of_liberty(liberty_rows, raw_login):
    connection, world = raw_login(), liberty_rows
    liberty = world.organisations["liberty"]
    _enter(connection, "organising_runtime", Context(organisation_id=liberty).sign(KEY))
    assert connection.execute("SELECT count(*) FROM unit").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM audit_event").fetchone() == (1,)
    for name, context in _contexts(world).items():
        for table in _tables(Ownership.OWNED, Ownership.LENT):
            _enter(connection, "organising_runtime", context)
            query = f'SELECT count(*) FROM "{table}" WHERE organisation_id = %s'
            assert connection.execute(query, (liberty,)).fetchone() == (0,), (name, table)


def test_no_row_can_be_written_into_or_moved_to_another_organisation(liberty_rows, raw_login):
    connection, world = raw_login(), liberty_rows
    neu, liberty = world.organisations["neu"], world.organisations["liberty"]
    _enter(connection, "organising_runtime", Context(organisation_id=neu).sign(KEY))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO unit (organisation_id, id, name, kind) VALUES (%s, %s, 'x', 'branch')",
            (liberty, uuid4()),
        )
    _enter(connection, "organising_runtime", Context(organisation_id=neu).sign(KEY))
    connection.execute(
        "INSERT INTO unit (organisation_id, id, name, kind) VALUES (%s, %s, 'x', 'branch')", (neu, uuid4())
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE unit SET organisation_id = %s WHERE name = 'x'", (liberty,))
    _enter(connection, "organising_runtime", Context(organisation_id=neu).sign(KEY))
    assert connection.execute("UPDATE unit SET name = 'taken'").rowcount == 0
    assert connection.execute("DELETE FROM unit").rowcount == 0


def test_the_owner_reads_nothing_outside_maintenance(liberty_rows, databases, environment):
    """A backup without maintenance would be empty, not partial: the owner inherits no policy of the counter's."""
    engine = create_engine(databases.owner_of(environment["DATABASE_URL"]), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE organising_owner")
        for table in _tables(*Ownership):
            assert connection.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0, table
        connection.exec_driver_sql("SELECT set_config('app.maintenance', 'on', true)")
        assert connection.scalar(text("SELECT count(*) FROM unit")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE organising_owner",
        "SET ROLE organising_counter",
        "SELECT * FROM vault.context_key",
        "SELECT * FROM credential",
        "SET row_security = off; SELECT * FROM unit",
        "ALTER TABLE unit DISABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION app.org() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "DELETE FROM audit_event",
        "UPDATE audit_event SET action = 'nothing'",
        "TRUNCATE audit_event",
    ],
)
def test_the_login_cannot_climb(liberty_rows, raw_login, statement):
    connection = raw_login()
    liberty = liberty_rows.organisations["liberty"]
    _enter(connection, "organising_runtime", Context(organisation_id=liberty).sign(KEY))
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName)):
        connection.execute(statement)


def test_maintenance_is_the_owners_alone(liberty_rows, raw_login):
    connection = raw_login()
    _enter(connection, "organising_runtime", "")
    connection.execute("SELECT set_config('app.maintenance', 'on', true)")
    assert connection.execute("SELECT count(*) FROM unit").fetchone() == (0,)


def test_sign_in_functions_answer_only_their_signed_purpose(liberty_rows, raw_login, world):
    from organising.accounts.services import email_key

    person = world.user("liberty", password="a long enough password")
    with world.app.app_context():
        key = email_key(world.email(person))
    connection = raw_login()
    for purpose, found in (("", 0), ("import", 0), ("identity", 1)):
        _enter(
            connection,
            "organising_runtime",
            Context(organisation_id=person.organisation_id, purpose=purpose).sign(KEY),
        )
        assert len(connection.execute("SELECT * FROM app.find_sign_in(%s)", (key,)).fetchall()) == found


def test_colleagues_are_seen_and_other_organisations_people_are_not(world):
    ours, theirs = world.user("neu"), world.user("liberty")
    with world.context("neu", ours) as session:
        names = set(session.scalars(text('SELECT display_name FROM "user"')))
        assert ours.display_name in names
        assert theirs.display_name not in names


def test_the_guard_refuses_before_the_database_does(world):
    neu, liberty = world.organisations["neu"], world.organisations["liberty"]
    with world.context("neu") as session:
        session.add(Unit(organisation_id=liberty, name="x", kind="branch"))
        with pytest.raises(FirewallBreach):
            session.flush()
    with world.context("neu") as session:
        unit = Unit(name="x", kind="branch")
        session.add(unit)
        session.flush()
        unit.organisation_id = liberty
        with pytest.raises(FirewallBreach):
            session.flush()
    with world.context("neu") as session, pytest.raises(FirewallBreach):
        bind_context(session, Context(organisation_id=liberty))
    with world.context("neu") as session:
        assert session.scalars(select(Unit).where(Unit.organisation_id != neu)).all() == []


def test_a_sealed_field_opens_in_its_own_row_only(world):
    from datetime import timedelta

    from cryptography.exceptions import InvalidTag

    from organising.organisations.models import Invitation
    from organising.platform.clock import now

    with world.context("neu", world.user("neu", "admin")) as session:
        rows = [
            Invitation(email_key=b"k", role="admin", invited_by="x", expires_at=now() + timedelta(days=1))
            for _ in range(2)
        ]
        rows[0].email, rows[1].email = "first@example.org", "second@example.org"
        session.add_all(rows)
        session.flush()
        session.expire_all()
        assert rows[0].email == "first@example.org"
        assert b"first" not in bytes(rows[0].email_cipher)
        session.execute(
            text("UPDATE invitation SET email_cipher = :c WHERE id = :id"),
            {"c": rows[0].email_cipher, "id": rows[1].id},
        )
        session.expire_all()
        with pytest.raises(InvalidTag):
            _ = rows[1].email


def test_every_shared_or_owned_model_is_guarded():
    for mapper in Base.registry.mappers:
        kind = getattr(mapper.class_, "__ownership__", None)
        if kind is Ownership.OWNED:
            assert issubclass(mapper.class_, Owned)
        if kind is Ownership.SHARED:
            assert issubclass(mapper.class_, Shared)


def test_a_session_of_no_organisation_reads_no_unit(world):
    world.unit("neu")
    with (
        world.app.app_context(),
        use_context(Context()) as session,
        pytest.raises(ProgrammingError, match="permission"),
    ):
        session.scalars(select(Unit)).all()
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        assert session.scalars(select(Unit)).all() == []
