"""Another organisation's signers: not by page, id, search, file or raw SQL. The public: its own signing only."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from organising.platform.keys import derive
from organising.platform.tenancy import Context
from organising.pledges.models import Pledge
from tests.conftest import INSTALLATION_KEY
from tests.support.pledges import PAGE, Public, add_signers, count, open_a_drive

CANARY = {"name": "Canary Neverwas", "email": "canary@example.org", "postcode": "M1 1AE"}
REFUSED = (
    psycopg.errors.RaiseException,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.CheckViolation,
)
CONTEXT_KEY = derive(INSTALLATION_KEY, "context")


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def canary(client, smtp_sink, run_jobs, world, drive_id, app):
    """A confirmed signer of Liberty's; the pledge's id and its signing id."""
    Public(client, smtp_sink, run_jobs).sign_and_confirm(PAGE, **CANARY)
    count(app, drive_id)
    with world.context("liberty") as session:
        return session.execute(select(Pledge.id, Pledge.signing_id)).one()


def speak(connection, role, context=None, key=CONTEXT_KEY):
    connection.rollback()
    connection.execute(f"SET ROLE {role}")
    signed = context.sign(key) if isinstance(context, Context) else (context or "")
    connection.execute("SELECT set_config('app.context', %s, true)", [signed])


def canaries(text):
    return [word for word in ("Canary", "Neverwas", "canary@", "M1 1AE") if word in text]


@pytest.mark.parametrize("role", ["organiser", "admin", "analyst", "officer"])
def test_by_page_id_search_and_file(role, canary, world, drive_id):
    browser = world.browser(world.user("neu", role))
    absent = browser.get(f"/pledges/signers/{uuid4()}")
    foreign = browser.get(f"/pledges/signers/{canary.id}")
    assert (foreign.status_code, foreign.data) == (absent.status_code, absent.data)
    pages = ["/pledges", "/pledges/links", "/pledges/signers"]
    pages += [
        f"/pledges/signers?q={q}&state={s}"
        for q in ("canary", "neverwas", "canary@example.org")
        for s in ("confirmed", "")
    ]
    answers = [browser.get(page) for page in pages] + [browser.post(f"/pledges/drives/{drive_id}/exports")]
    # What one searched for stands in the search field: everything else must not know it.
    told = [answer.text.replace('value="canary@example.org"', "") for answer in answers]
    assert [canaries(text) for text in told] == [[] for _ in told]
    may_see = role in ("organiser", "admin")
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200 if may_see else 403]
    assert answers[-1].status_code == (200 if role == "admin" else 403)


def test_ones_own_by_page_id_search_and_file(canary, world, drive_id, owner):
    browser = world.browser(world.user("liberty", "coordinator"))
    assert CANARY["name"] in browser.get(f"/pledges/signers/{canary.id}").text
    for words in ("canary", "NEVER", "Canary@Example.org"):
        assert CANARY["name"] in browser.get(f"/pledges/signers?q={words}").text, words
    for words in ("anary", "other@example.org"):
        assert CANARY["name"] not in browser.get(f"/pledges/signers?q={words}").text
    exported = browser.post(f"/pledges/drives/{drive_id}/exports")
    assert "Canary Neverwas,canary@example.org,M1 1AE,Not stated" in exported.text
    facts = owner.rows("SELECT facts FROM audit_event WHERE action = 'signers.exported'")
    assert facts == [({"count": 1},)]
    organiser = world.browser(world.user("liberty", "organiser"))
    assert organiser.post(f"/pledges/drives/{drive_id}/exports").status_code == 403
    analyst = world.browser(world.user("liberty", "analyst"))
    assert canaries(analyst.get("/pledges").text) == []
    assert analyst.get(f"/pledges/signers/{canary.id}").status_code == 403


def test_the_file_tells_confirmed_from_witnessed_and_runs_no_formula(world, drive_id):
    at, key = datetime(2026, 11, 21, 12, tzinfo=UTC), b"k" * 32
    given = {"postcode": "E1 4NS", "witnessed_at": at, "confirmed_at": at, "unit_id": None}
    add_signers(world, drive_id, "neu", 1, name="@SUM(1)", **given)
    paper = given | {"state": "witnessed", "confirmed_at": None, "channel": "paper"}
    add_signers(world, drive_id, "neu", 1, name="=HYPERLINK(1)", **paper)
    for known in ({"state": "confirmed", "confirmed_at": at}, {}, {"witnessed_at": at + timedelta(1)}):
        add_signers(world, drive_id, "neu", 1, name="Uri Notreal", **paper | known, witness_key=key)
    text = world.browser(world.user("neu", "admin")).post(f"/pledges/drives/{drive_id}/exports").text
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header[4:6] == ["counted as", "confirmed or witnessed on"]
    # Who is confirmed is not also witnessed, however many sheets they signed.
    assert sorted((row[0], row[4], row[5]) for row in rows) == [
        ("'=HYPERLINK(1)", "witnessed", "2026-11-21"),
        ("'@SUM(1)", "confirmed", "2026-11-21"),
        ("Uri Notreal", "confirmed", "2026-11-21"),
    ]


def test_by_raw_sql_with_own_forged_and_no_context(canary, world, raw_login, drive_id):
    connection = raw_login()
    neu, liberty = world.organisations["neu"], world.organisations["liberty"]
    contexts = [
        Context(organisation_id=neu),
        Context(organisation_id=neu, subject=canary.signing_id),
        Context(purpose="count"),
        None,
        f"1.9999999999.{liberty}....{'0' * 64}",
    ]
    for context in contexts:
        for table in ("pledge", "pledge_consent"):
            speak(connection, "organising_runtime", context)
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
            assert connection.execute(f"DELETE FROM {table}").rowcount == 0
            assert connection.execute(f"UPDATE {table} SET signing_id = signing_id").rowcount == 0
    speak(connection, "organising_runtime", Context(organisation_id=liberty), key=bytes(32))
    assert connection.execute("SELECT count(*) FROM pledge").fetchone() == (0,)
    speak(connection, "organising_runtime", Context(organisation_id=liberty))
    assert connection.execute("SELECT count(*) FROM pledge").fetchone() == (1,)
    for role in ("organising_runtime", "organising_public"):
        for table in ("ballot", "counted", "tally", "shown", "cursor"):
            speak(connection, role, Context(organisation_id=neu))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM counting.{table}")
        speak(connection, role, Context(organisation_id=neu))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM vault.drive_key")
        speak(connection, role, Context(organisation_id=neu))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE tally_published SET n = 1000000")
    # What a signer asks for afterwards is the collector's; the public writes its own request and reads none.
    for context in (Context(subject=canary.signing_id), Context(subject=uuid4()), None):
        speak(connection, "organising_public", context)
        assert connection.execute("SELECT * FROM app.public_names(%s, 10)", [drive_id]).fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM pledge_mail_request")
    speak(connection, "organising_runtime", Context(organisation_id=liberty))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM app.public_names(%s, 10)", [drive_id])


def test_a_partner_cannot_write_another_organisations_signer(canary, world, raw_login, drive_id):
    connection = raw_login()
    speak(connection, "organising_runtime", Context(organisation_id=world.organisations["neu"]))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert_pledge(connection, world, drive_id, "liberty", uuid4())


def insert_pledge(connection, world, drive_id, slug, signing_id, changes=None):
    row = {
        "organisation_id": world.organisation(slug), "id": uuid4(), "campaign_id": world.campaign, "drive_id": drive_id,
        "signing_id": signing_id, "part": "collected", "state": "pending", "channel": "web", "wording_version": 1,
        "person_key": b"p", "name_key": b"n", "postcode_key": b"c",
    } | (changes or {})  # fmt: skip
    names = ", ".join(row)
    connection.execute(
        f"INSERT INTO pledge ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
    )


def test_the_public_role_holds_its_own_signing_only(canary, world, raw_login, drive_id):
    connection, mine = raw_login(), uuid4()

    def as_public(subject: UUID | None) -> None:
        speak(connection, "organising_public", Context(subject=subject) if subject else None)

    for subject in (None, mine):
        as_public(subject)
        assert connection.execute("SELECT count(*) FROM pledge").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM pledge_consent").fetchone() == (0,)
        assert connection.execute("UPDATE pledge SET state = 'erased'").rowcount == 0
    as_public(mine)
    insert_pledge(connection, world, drive_id, "neu", mine)
    assert connection.execute("SELECT count(*) FROM pledge").fetchone() == (1,)
    denied = psycopg.errors.InsufficientPrivilege
    wrong = [
        {"signing_id": uuid4()}, {"state": "confirmed", "confirmed_at": "2026-01-01"}, {"campaign_id": uuid4()},
        {"drive_id": uuid4()}, {"confirmation_sent_at": "2026-01-01"},
    ]  # fmt: skip
    for changes in wrong:
        as_public(mine)
        with pytest.raises(denied):
            insert_pledge(connection, world, drive_id, "neu", mine, changes)
    as_public(mine)
    insert_pledge(connection, world, drive_id, "neu", mine)
    with pytest.raises(psycopg.errors.RaiseException):
        connection.execute("UPDATE pledge SET person_key = 'x'")
    for statement in (
        "UPDATE pledge SET organisation_id = organisation_id",
        "DELETE FROM pledge",
        "INSERT INTO tally_published SELECT * FROM tally_published", "SELECT app.roll_up(gen_random_uuid())",
    ):  # fmt: skip
        as_public(mine)
        with pytest.raises(denied):
            connection.execute(statement)


def test_states_move_one_way_only(canary, world, raw_login):
    connection = raw_login()
    for context, role in (
        (Context(subject=canary.signing_id), "organising_public"),
        (Context(organisation_id=world.organisations["liberty"]), "organising_runtime"),
    ):
        changes = ["state = 'pending'", "signing_id = gen_random_uuid()", "person_key = NULL"]
        # A signer corrects what they gave, and is counted under it; no organisation moves a ballot of theirs.
        for change in changes + (["person_key = 'another'"] if role == "organising_runtime" else []):
            speak(connection, role, context)
            with pytest.raises(REFUSED):
                connection.execute(f"UPDATE pledge SET {change}")
    speak(connection, "organising_public", Context(subject=canary.signing_id))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE pledge SET state = 'invalidated'")


def test_only_the_coordinator_of_the_lead_changes_a_drive(world, drive_id, raw_login):
    for slug, role in (("liberty", "admin"), ("neu", "admin"), ("liberty", "deputy")):
        browser = world.browser(world.user(slug, role))
        assert browser.get(f"/pledges/drives/{drive_id}").status_code == 403
        assert browser.post(f"/pledges/drives/{drive_id}/closure").status_code == 403
    other = world.browser(world.user("neu", "coordinator"))
    assert other.post(f"/pledges/drives/{drive_id}/closure").status_code == 403
    connection = raw_login()
    speak(connection, "organising_runtime", Context(organisation_id=world.organisations["neu"]))
    assert connection.execute("UPDATE pledge_drive SET status = 'closed'").rowcount == 0
    speak(connection, "organising_runtime", Context(organisation_id=world.organisations["neu"]))
    with pytest.raises(psycopg.errors.RaiseException):
        connection.execute("SELECT app.forget_drive(%s)", [drive_id])
