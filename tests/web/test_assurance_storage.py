"""People-storage off: the database takes in nobody, whoever was there is gone, and the organisation takes part all the same."""

import io
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from organising.contacts.services import add_note
from tests.support import contacts
from tests.support.pledges import PAGE, Public, add_signers, count, open_a_drive
from tests.support.sharing import introduced

STORAGE = "/organisation/people-storage"
DOORS = {
    "contact": "kind, name, sort_key, submission_key, version) VALUES ('person', 'X', 'x', gen_random_uuid(), 1",
    "contact_import": "author_label) VALUES ('x'",
    "pledge": "state) VALUES ('pending'",
    "paper_batch": "label) VALUES ('x'",
    "letter": "state) VALUES ('unconfirmed'",
}


@pytest.fixture
def neu_admin(world):
    return world.user("neu", "admin")


def keep_everybody(world, actor, drive_id):
    contact_id = contacts.keep(
        world, "neu", actor, "Amara Okafor", email="amara@example.org", tags=("rally",)
    )
    contacts.keep(world, "neu", actor, "Bo Lindqvist")
    with world.context("neu", actor) as session:
        add_note(actor, contact_id, "Met at the gate.", submission_key=uuid4())
        session.commit()
    browser = world.browser(actor)
    browser.post("/contacts/imports", data={"file": (io.BytesIO(b"name\nCai Ffion\n"), "people.csv")})
    add_signers(
        world, drive_id, "neu", 12, name="Dora Signer", name_folded="dora signer", email_key=b"e" * 32
    )
    add_signers(world, drive_id, "neu", 1, state="pending", confirmed_at=None, name="Eli Pending")


def test_switching_off_erases_those_who_are_kept_and_the_database_refuses_others(
    app, world, owner, neu_admin, smtp_sink, run_jobs
):
    drive_id = open_a_drive(world)
    keep_everybody(world, neu_admin, drive_id)
    other = world.user("praxis", "admin")
    contacts.keep(world, "praxis", other, "Amara Okafor")
    count(app, drive_id)
    before = owner.rows("SELECT n FROM counting.tally WHERE dimension = 'all' ORDER BY n")
    browser = world.browser(neu_admin)
    shown = browser.get(STORAGE).text
    assert "<dd>2</dd>" in shown
    assert "<dd>13</dd>" in shown
    refused = browser.post(f"{STORAGE}/removal", data={"name": "Praxis"})
    assert (refused.status_code, "Type NEU to erase them." in refused.text) == (422, True)
    assert browser.post(f"{STORAGE}/removal", data={"name": " neu "}).status_code == 303
    assert "15 people were erased" in browser.get(STORAGE).text
    mine = f"organisation_id = '{neu_admin.organisation_id}'"
    for table in ("contact", "contact_detail", "contact_note", "search_token", "contact_import", "paper_row"):
        assert owner.rows(f"SELECT count(*) FROM {table} WHERE {mine}") == [(0,)], table
    named = "num_nonnulls(name, name_folded, name_by_last, email_cipher, email_key, postcode)"
    assert owner.rows(f"SELECT count(*), max({named}) FROM pledge WHERE {mine}") == [(13, 0)]
    assert owner.rows("SELECT count(*) FROM contact") == [(1,)]
    # Who signed stays counted.
    count(app, drive_id)
    assert owner.rows("SELECT n FROM counting.tally WHERE dimension = 'all' ORDER BY n") == before
    with world.context("neu", neu_admin) as session:
        for table, rest in DOORS.items():
            columns = f"INSERT INTO {table} (organisation_id, id, {rest})"
            insert = text(columns.replace("VALUES (", "VALUES (:o, gen_random_uuid(), "))
            with pytest.raises(ProgrammingError, match="keeps no person"), session.begin_nested():
                session.execute(insert, {"o": neu_admin.organisation_id})
    added = browser.post("/contacts/new", data=contacts.form("Fay New"))
    assert (added.status_code, "keeps no people here" in added.text) == (409, True)
    file = {"file": (io.BytesIO(b"name\nFay New\n"), "people.csv")}
    assert browser.post("/contacts/imports", data=file).status_code == 409
    assert browser.get("/contact-log").status_code == browser.get("/actions").status_code == 200
    _sign_through_its_link(world, owner, smtp_sink, run_jobs)
    # And on again.
    assert world.browser(world.user("neu", "organiser")).post(STORAGE).status_code == 403
    browser.post(STORAGE)
    assert browser.post("/contacts/new", data=contacts.form("Fay New")).status_code == 303


def _sign_through_its_link(world, owner, sink, run_jobs):
    """The lead keeps the signer, is told whose link it was, and the page says who keeps them."""
    public = Public(world.app.test_client(), sink, run_jobs)
    page = public.client.get(f"{PAGE}/neu").text
    assert 'name="email"' in page
    assert "Liberty" in page
    assert 'name="lead_updates"' not in page
    assert public.fill(f"{PAGE}/neu", email="gus@example.org").status_code == 303
    liberty = world.organisation("liberty")
    assert owner.rows("SELECT organisation_id, source FROM pledge WHERE state = 'pending'") == [
        (liberty, "neu")
    ]


def test_introductions_that_have_run_out_keep_nobody_from_switching_off(world, owner, neu_admin):
    """The sweep comes every quarter of an hour; until then they stand as open, and nobody can answer them."""
    praxis = world.user("praxis", "admin")
    came, sent = introduced(world, praxis, "praxis", "neu"), introduced(world, neu_admin, "neu", "praxis")
    waiting = introduced(world, praxis, "praxis", "neu", "Ada Waiting")
    for table in ("introduction", "introduction_offer"):
        owner.rows(f"UPDATE {table} SET expires_at = now() - interval '1 second' WHERE id <> %s", waiting)
    browser = world.browser(neu_admin)
    assert browser.post(f"{STORAGE}/removal", data={"name": "NEU"}).status_code == 303
    mine = owner.rows("SELECT id, state FROM introduction_offer ORDER BY state")
    assert mine == [(waiting, "declined"), (came, "open")]
    assert owner.rows("SELECT count(*) FROM introduction WHERE id = %s", sent) == [(0,)]


def test_an_organisation_that_keeps_nobody_switches_off_with_one_button(world, neu_admin):
    browser = world.browser(neu_admin)
    assert "nothing is erased" in browser.get(STORAGE).text
    assert browser.post(f"{STORAGE}/removal").status_code == 303
    assert browser.post(f"{STORAGE}/removal").status_code == 409
    assert "Off: nobody is kept" in browser.get("/organisation/data-protection").text
