"""Letters by raw SQL: another organisation's not at all, and the public its own signing's alone."""

from uuid import uuid4

import psycopg
import pytest

from organising.letters.models import Letter
from organising.platform.keys import derive
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.letters import Constituent, open_a_page, seat_a_member

CONTEXT_KEY = derive(INSTALLATION_KEY, "context")


@pytest.fixture
def letter(app, world, client, smtp_sink, run_jobs):
    """A confirmed letter held by the NEU that has left."""
    seat_a_member(app)
    open_a_page(world)
    writer = Constituent(client, smtp_sink, run_jobs)
    writer.write_and_confirm()
    writer.run_jobs()
    with world.context("neu") as session:
        return session.query(Letter.id, Letter.signing_id, Letter.action_id, Letter.holding_id).one()


def speak(connection, role, context=None):
    connection.rollback()
    connection.execute(f"SET ROLE {role}")
    signed = context.sign(CONTEXT_KEY) if context else ""
    connection.execute("SELECT set_config('app.context', %s, true)", [signed])


def test_no_context_but_the_hosts_own_reads_or_changes_a_letter(letter, world, raw_login):
    connection = raw_login()
    praxis, liberty = world.organisations["praxis"], world.organisations["liberty"]
    contexts = [
        Context(organisation_id=praxis),
        Context(organisation_id=liberty),
        Context(organisation_id=praxis, subject=letter.signing_id),
        Context(purpose="count"),
        Context(purpose="import"),
        None,
    ]
    for context in contexts:
        for table in ("letter", "letter_action"):
            speak(connection, "organising_runtime", context)
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), context
            assert connection.execute(f"UPDATE {table} SET state = state").rowcount == 0
            assert connection.execute(f"DELETE FROM {table}").rowcount == 0
    speak(connection, "organising_runtime", Context(organisation_id=world.organisations["neu"]))
    assert connection.execute("SELECT count(*) FROM letter").fetchone() == (1,)


def test_the_public_sees_and_ends_its_own_signing_only(letter, world, raw_login):
    connection = raw_login()
    for subject in (None, Context(subject=uuid4())):
        speak(connection, "organising_public", subject)
        assert connection.execute("SELECT count(*) FROM letter").fetchone() == (0,)
        assert connection.execute("UPDATE letter SET state = 'erased'").rowcount == 0
        assert connection.execute("SELECT count(*) FROM app.letter_delivery()").fetchone() == (0,)
        assert connection.execute("SELECT app.withdraw_letter()").fetchone() == ("nothing",)
    speak(connection, "organising_public", Context(subject=letter.signing_id))
    assert connection.execute("SELECT state FROM letter").fetchone() == ("confirmed",)
    assert connection.execute("SELECT state FROM app.letter_delivery()").fetchone() == ("accepted",)
    assert connection.execute("UPDATE letter SET state = 'withdrawn'").rowcount == 0
    for statement in (
        "DELETE FROM letter",
        "UPDATE letter SET body_cipher = NULL",
        "SELECT * FROM delivery",
        "UPDATE letter_action SET title = 'x'",
        "SELECT app.guard_letter()",
    ):
        speak(connection, "organising_public", Context(subject=letter.signing_id))
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
            connection.execute(statement)


INSERT = (
    "INSERT INTO letter (organisation_id, id, action_id, signing_id, state, holding_id, address, greeting, consent, "
    "confirmed_at) VALUES (%s, %s, %s, %s, %s, %s, 'a@example.org', 'x', 'x', %s)"
)


@pytest.mark.parametrize("wrong", ["state", "signing", "action", "organisation", "closed"])
def test_the_public_writes_nothing_but_an_unconfirmed_letter_of_an_open_page(letter, world, raw_login, wrong):
    connection, mine = raw_login(), uuid4()
    neu, liberty = world.organisations["neu"], world.organisations["liberty"]

    def insert(*, spoilt):
        speak(connection, "organising_public", Context(subject=mine))
        return connection.execute(
            INSERT,
            (
                liberty if spoilt == "organisation" else neu,
                uuid4(),
                uuid4() if spoilt == "action" else letter.action_id,
                uuid4() if spoilt == "signing" else mine,
                "confirmed" if spoilt == "state" else "unconfirmed",
                letter.holding_id,
                "2026-01-01" if spoilt == "state" else None,
            ),
        )

    assert insert(spoilt=None).rowcount == 1
    if wrong == "closed":
        with world.context("neu") as session:
            from organising.letters.models import LetterAction
            from organising.platform.clock import now

            session.query(LetterAction).one().close(now())
            session.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(spoilt=wrong)


def test_how_alike_two_letters_are_is_all_that_is_told(letter, world, raw_login):
    connection = raw_login()
    neu = world.organisations["neu"]
    speak(connection, "organising_public", Context(subject=uuid4()))
    ask = "SELECT app.closest_letter(%s, %s, %s)"
    assert connection.execute(ask, (neu, letter.action_id, bytes(128))).fetchone() == (0,)
    assert connection.execute(ask, (neu, uuid4(), bytes(128))).fetchone() == (0,)
