"""A coordinator writes, opens, rewords, closes and archives a pledge; signers keep the version they signed."""

import pytest
from sqlalchemy import select

from organising.platform.db import new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges import keys
from organising.pledges.models import Pledge, PledgeDrive
from tests.support.pledges import PAGE, Owner, Public, count, open_a_drive

WRITTEN = {
    "title": "A safe surgery",
    "slug": "safe-surgery",
    "standfirst": "Nobody should fear their doctor.",
    "wording": "I stand by my patients.",
    "goal": "500",
}


@pytest.fixture
def coordinator(world):
    return world.browser(world.user("liberty", "coordinator"))


def drive_of(world, slug):
    with world.context("liberty") as session:
        return session.scalars(select(PledgeDrive).where(PledgeDrive.slug == slug)).one()


def test_written_opened_and_public(coordinator, client, world):
    assert "No pledge yet" in coordinator.get("/pledges").text
    assert coordinator.post("/pledges/drives/new", data=WRITTEN).status_code == 303
    drive = drive_of(world, "safe-surgery")
    assert client.get("/pledge/safe-surgery").status_code == 404
    coordinator.post(f"/pledges/drives/{drive.id}/opening")
    assert "I stand by my patients." in client.get("/pledge/safe-surgery").text
    # A second one begins on the first one's page, for those who may; where nobody has signed there are no empty tables.
    page = coordinator.get("/pledges").text
    assert 'href="/pledges/drives/new"' in page
    assert "under 10 from each partner" not in page
    assert "/pledges/drives/new" not in world.browser(world.user("neu", "admin")).get("/pledges").text
    again = coordinator.post("/pledges/drives/new", data=WRITTEN)
    assert again.status_code == 422
    assert "already has this short address" in again.text
    wrong = coordinator.post("/pledges/drives/new", data=WRITTEN | {"slug": "Not an address!", "goal": "0"})
    assert wrong.status_code == 422
    assert "A safe surgery" in wrong.text
    moved = coordinator.post(f"/pledges/drives/{drive.id}", data=WRITTEN | {"slug": "elsewhere"})
    assert moved.status_code == 422
    for page in ("/pledges", "/pledges/links", "/pledges/signers", f"/pledges/drives/{drive.id}"):
        assert coordinator.get(page).status_code == 200


def test_a_new_wording_is_a_new_version_and_signers_keep_theirs(
    coordinator, client, smtp_sink, run_jobs, world
):
    drive_id = open_a_drive(world)
    public = Public(client, smtp_sink, run_jobs)
    link = public.sign_and_confirm()
    drive = drive_of(world, "care-dont-share")
    changed = {
        "title": drive.title,
        "slug": drive.slug,
        "standfirst": drive.standfirst,
        "goal": "",
        "wording": "Newer.",
    }
    assert coordinator.post(f"/pledges/drives/{drive_id}", data=changed).status_code == 303
    assert coordinator.post(f"/pledges/drives/{drive_id}", data=changed | {"goal": "9"}).status_code == 303
    assert drive_of(world, "care-dont-share").wording_version == 2
    versions = coordinator.get(f"/pledges/drives/{drive_id}/versions").text
    assert "<ins>" in versions
    assert "Newer.</ins>" in versions
    assert "Newer." in client.get(PAGE).text
    public.sign_and_confirm(email="later@example.org")
    with world.context("liberty") as session:
        assert sorted(session.scalars(select(Pledge.wording_version))) == [1, 2]
        first = session.scalars(select(Pledge.id).where(Pledge.wording_version == 1)).one()
    assert "enforcement" in coordinator.get(f"/pledges/signers/{first}").text
    assert client.get(link).status_code == 200


def test_archiving_destroys_the_key_and_the_ballots_and_keeps_the_totals(
    coordinator, client, smtp_sink, run_jobs, world, app, databases, environment
):
    drive_id, owner = open_a_drive(world), Owner(databases, environment)
    public = Public(client, smtp_sink, run_jobs)
    link = public.sign_and_confirm()
    count(app, drive_id)
    coordinator.post(f"/pledges/drives/{drive_id}/archive")
    assert drive_of(world, "care-dont-share").status == "open"
    coordinator.post(f"/pledges/drives/{drive_id}/closure")
    coordinator.post(f"/pledges/drives/{drive_id}/archive")
    for table in ("vault.drive_key", "counting.ballot", "counting.counted"):
        assert owner.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    # What is left of a signature can be compared with no address any more: neither by a partner nor by the public.
    keys._open.clear()
    for context in (Context(organisation_id=world.organisations["liberty"]), Context(subject=new_id())):
        with app.app_context(), use_context(context), pytest.raises(keys.DriveKeyGone):
            keys.counting_keys(drive_id, "esi@example.org", "Esi Storyborn", "E1 4NS")
    assert owner.tally(drive_id)["all", "all"] == 1
    assert coordinator.get("/pledges").status_code == 200
    assert client.get(PAGE).status_code == 404
    assert client.get(link).status_code == 200
    client.post(f"{link}/withdrawal")
    assert "It is gone" in client.get(link).text
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 1
