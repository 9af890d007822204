"""A partner's clean exit, rehearsed: it takes all that is its own, is erased, its key is destroyed, and totals stay."""

import csv
import hashlib
import io
import json
import zipfile
from uuid import uuid4

from organising.contacts.services import add_note
from tests.support import contacts
from tests.support.pledges import PAGE, add_signers, count, open_a_drive

LEAVING = "/organisation/leaving"


def test_a_partner_leaves_with_all_that_is_its_own_and_totals_stay(app, world, owner):
    drive_id = open_a_drive(world)
    admin, organiser = world.user("neu", "admin"), world.user("neu", "organiser")
    contact_id = contacts.keep(
        world,
        "neu",
        admin,
        "Amara Canary",
        email="amara.canary@example.org",
        postcode="E1 4NS",
        tags=("rally",),
    )
    with world.context("neu", admin) as session:
        add_note(admin, contact_id, "A note of Canary’s.", submission_key=uuid4())
        session.commit()
    contacts.keep(
        world, "praxis", world.user("praxis", "admin"), "Not Theirs", email="not.theirs@example.org"
    )
    add_signers(world, drive_id, "neu", 12, name="Dora Canary", name_folded="dora canary")
    count(app, drive_id)
    before = owner.rows("SELECT n FROM counting.tally WHERE dimension = 'all' ORDER BY n")
    browser = world.browser(admin)
    # First the archive, then leaving.
    assert browser.post(LEAVING, data={"name": "NEU"}).status_code == 303
    assert "Take everything that is yours first" in browser.get(LEAVING).text
    with browser.post(f"{LEAVING}/files") as answer:
        content = answer.data
    digest, manifest = hashlib.sha256(content).hexdigest(), _read_archive(content)
    assert digest in browser.get(LEAVING).text
    refused = browser.post(LEAVING, data={"name": "Liberty"})
    assert (refused.status_code, "Type NEU" in refused.text) == (422, True)
    receipt = browser.post(LEAVING, data={"name": "neu"})
    assert receipt.status_code == 200
    for told in (
        digest,
        f"<dd>{manifest['rows']:,}</dd>",
        "<dt>Contacts erased</dt><dd>1</dd>",
        "<dt>Memberships ended</dt><dd>2</dd>",
    ):
        assert told in receipt.text, told
    _is_gone(world, owner, admin)
    count(app, drive_id)
    assert owner.rows("SELECT n FROM counting.tally WHERE dimension = 'all' ORDER BY n") == before
    # Nobody of theirs comes in; partners see that they left; their link is closed, the lead's is not.
    for actor in (admin, organiser):
        assert world.browser(actor).get("/contacts").status_code == 403
    assert "Left" in world.browser(world.user("liberty", "coordinator")).get("/coalition").text
    public = app.test_client()
    assert public.get(f"{PAGE}/neu").status_code == 404
    assert public.get(PAGE).status_code == 200
    assert owner.rows("SELECT count(*) FROM contact") == [(1,)]


def _read_archive(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        whole = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(whole["manifest.json"])
    assert manifest["values_that_no_key_opens"] == 0
    details = [json.loads(line) for line in whole["json/contact_detail.jsonl"].splitlines()]
    assert {"amara.canary@example.org"} == {one["value"] for one in details if one["kind"] == "email"}
    assert json.loads(whole["json/contact_note.jsonl"])["body"] == "A note of Canary’s."
    read = list(csv.DictReader(io.StringIO(whole["csv/contact.csv"].removeprefix("\ufeff"))))
    assert [one["name"] for one in read] == ["Amara Canary"]
    assert manifest["tables"]["pledge"] == len(whole["json/pledge.jsonl"].splitlines()) == 12
    assert "audit_event" in manifest["tables"]
    assert "letter" in manifest["left_out"]
    assert "Theirs" not in "".join(whole.values())
    assert "not.theirs" not in "".join(whole.values())
    return manifest


def _is_gone(world, owner, admin):
    mine = f"organisation_id = '{admin.organisation_id}'"
    for table in ("contact", "contact_detail", "contact_note", "search_token", "contact_import"):
        assert owner.rows(f"SELECT count(*) FROM {table} WHERE {mine}") == [(0,)], table
    assert owner.rows(f"SELECT count(*), count(name) FROM pledge WHERE {mine}") == [(12, 0)]
    keys = owner.rows(
        f"SELECT octet_length(wrapped), destroyed_at IS NULL FROM organisation_key WHERE {mine}"
    )
    assert keys == [(0, False)]
    assert owner.rows(f"SELECT count(*) FROM membership WHERE {mine} AND ended_at IS NULL") == [(0,)]
    left = owner.rows(f"SELECT rows_erased FROM departure WHERE {mine} AND left_at IS NOT NULL")
    assert left == [(13,)]
    # What is left of theirs in any table opens with no key and names nobody.
    tables = owner.rows(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
        "AND table_schema IN ('public', 'vault', 'counting')"
    )
    assert len(tables) > 100
    for (table,) in tables:
        schema, _, name = table.partition(".")
        assert owner.rows(f"SELECT count(*) FROM {schema}.\"{name}\" t WHERE t::text ~* 'canary'") == [
            (0,)
        ], table
    # The log stays, and tells of it.
    actions = {row[0] for row in owner.rows(f"SELECT action FROM audit_event WHERE {mine}")}
    assert {"organisation.left", "keys.destroyed", "organisation.everything_taken"} <= actions


def test_the_lead_and_those_without_the_right_cannot_leave(world):
    lead = world.browser(world.user("liberty", "coordinator"))
    assert "The lead can’t leave" in lead.get(LEAVING).text
    for role in ("organiser", "deputy", "officer", "analyst"):
        browser = world.browser(world.user("neu", role))
        assert {browser.get(LEAVING).status_code, browser.post(f"{LEAVING}/files").status_code} == {403}
