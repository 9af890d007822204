"""A signature that was taken out of the count, and its signer; and what of a drive outlives its end."""

from datetime import timedelta

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.migrations import downgrade, upgrade
from organising.platform.places import shipped
from organising.platform.tenancy import Context, use_context
from organising.pledges.models import PledgeDrive
from organising.pledges.services.drives import archive_drive, close_drive
from organising.pledges.services.signers import remove_details
from tests.conftest import INSTALLATION_KEY
from tests.support.pledges import PAGE, Public, add_signers, count, open_a_drive

PERSONAL = "name, name_folded, name_by_last, email_cipher, email_key, postcode"


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs, drive_id):
    return Public(client, smtp_sink, run_jobs)


@pytest.fixture
def admin(app, world):
    return world.sign_in(app.test_client(), world.user("neu", "admin"))


@pytest.fixture
def set_aside(drive_id, admin):
    """Take what came by this link's name out of the count."""

    def take(source="odd", number=1):
        address = f"/pledges/drives/{drive_id}/invalidations?source={source}"
        made = admin.post(address, data={"expected": str(number), "reason": "A program"})
        assert made.status_code == 303, made.text

    return take


def freeze(app, world, drive_id):
    """Keep the day's figures of 25 signers; the coordinator's browser, and their address."""
    add_signers(world, drive_id, "neu", 25)
    count(app, drive_id)
    staff = world.sign_in(app.test_client(), world.user("liberty", "coordinator"))
    return staff, staff.post(f"/pledges/drives/{drive_id}/frozen-tallies").location


def end(world, drive_id):
    """Close the drive and archive it."""
    coordinator = world.user("liberty", "coordinator")
    with world.context("liberty", coordinator) as session:
        drive = session.get_one(PledgeDrive, drive_id)
        close_drive(coordinator, drive)
        archive_drive(coordinator, drive)
        session.commit()


def states(owner):
    return sorted(owner.rows("SELECT state, part FROM pledge"))


def test_its_signer_reads_how_it_stands_and_takes_everything_back(
    public, drive_id, owner, app, admin, set_aside
):
    link = public.sign_and_confirm(f"{PAGE}/neu?source=odd", lead_updates="y")
    set_aside()
    assert states(owner) == [("confirmed", "shared_with_consent"), ("invalidated", "collected")]
    page = public.client.get(link)
    assert "This signature is not counted" in page.text
    assert "until 30 days after your signature was first counted" in page.text
    assert "Withdraw and erase" in page.text
    # Putting it back is the organisation's, and pressing what counts changes nothing.
    public.confirm(link)
    assert ("invalidated", "collected") in states(owner)
    assert public.client.post(f"{link}/withdrawal").status_code == 303
    assert states(owner) == [("withdrawn", "collected"), ("withdrawn", "shared_with_consent")]
    assert owner.rows(f"SELECT DISTINCT {PERSONAL}, person_key FROM pledge") == [(None,) * 7]
    assert owner.rows("SELECT count(*) FROM pledge_consent WHERE withdrawn_at IS NULL") == [(0,)]
    assert "It is gone" in public.client.get(link).text
    # The decision can be undone; what its signer ended stays ended.
    ((one,),) = owner.rows("SELECT id FROM pledge_invalidation")
    assert admin.post(f"/pledges/invalidations/{one}/undo").status_code == 303
    count(app, drive_id)
    assert owner.tally(drive_id).get(("all", "all"), 0) == 0


def test_a_copy_that_was_set_aside_goes_with_the_others(public, owner, world, drive_id, app):
    link = public.sign_and_confirm(f"{PAGE}/neu", lead_updates="y")
    lead = world.sign_in(app.test_client(), world.user("liberty", "admin"))
    address = f"/pledges/drives/{drive_id}/invalidations?channel=web"
    assert lead.post(address, data={"expected": "1", "reason": "A program"}).status_code == 303
    assert states(owner) == [("confirmed", "collected"), ("invalidated", "shared_with_consent")]
    public.client.post(f"{link}/withdrawal")
    assert owner.rows("SELECT DISTINCT state, name FROM pledge") == [("withdrawn", None)]


def test_the_database_lets_its_signer_end_it_and_nothing_else(public, owner, app, set_aside):
    public.sign_and_confirm(f"{PAGE}/neu?source=odd")
    set_aside()
    ((signing_id,),) = owner.rows("SELECT signing_id FROM pledge")
    for change in ("state = 'confirmed'", "name = 'Somebody Else'", "sector = 'health'", "state = 'pending'"):
        with (
            app.app_context(),
            use_context(Context(subject=signing_id)) as session,
            pytest.raises(Exception, match=r"policy|can only end") as refused,
        ):
            session.execute(text(f"UPDATE pledge SET {change} WHERE signing_id = :s"), {"s": signing_id})
        assert isinstance(refused.value.orig, psycopg.Error)
    assert owner.rows("SELECT state, name FROM pledge") == [("invalidated", "Esi Storyborn")]


def test_details_of_what_does_not_count_go_as_others_do_and_it_can_still_be_put_back(
    public, owner, app, admin, world, drive_id, set_aside
):
    for number in range(2):
        public.sign_and_confirm(f"{PAGE}/neu?source=odd", email=f"n{number}@example.org")
    link = public.sign_and_confirm(f"{PAGE}/neu?source=odd", email="kept@example.org", updates="y")
    set_aside(number=3)
    with world.context("neu") as session:
        assert remove_details(now() + timedelta(days=29)) == 0
        assert remove_details(now() + timedelta(days=31)) == 2
        session.commit()
    told = owner.rows(
        f"SELECT count(*) FROM pledge WHERE num_nonnulls({PERSONAL}) = 0 AND person_key IS NOT NULL"
    )
    assert told == [(2,)]
    assert "since you agreed to be emailed" in public.client.get(link).text
    gone = public.client.get(public.link(0)).text
    assert "A code is left by which it could be counted again" in gone
    ((one,),) = owner.rows("SELECT id FROM pledge_invalidation")
    assert admin.post(f"/pledges/invalidations/{one}/undo").status_code == 303
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 3
    assert owner.rows("SELECT count(*) FROM pledge WHERE state = 'confirmed' AND name IS NULL") == [(2,)]


def test_the_figures_of_a_day_outlive_the_pledge_and_nothing_else_does(client, app, world, drive_id):
    staff, kept = freeze(app, world, drive_id)
    before = client.get(kept)
    assert (before.status_code, "20" in before.text) == (200, True)
    end(world, drive_id)
    after = client.get(kept)
    assert after.status_code == 200
    assert "does not change any more" in after.text
    table = client.get(f"{kept}?format=csv")
    assert table.status_code == 200
    assert table.data
    for path in (PAGE, f"{PAGE}/neu", f"{PAGE}/tally", f"{PAGE}/counter.json", f"{PAGE}/neu/embed"):
        assert client.get(path).status_code == 404, path
    assert kept in staff.get(f"/pledges?drive={drive_id}").text


def test_an_ended_pledge_of_which_nothing_was_kept_is_gone(client, world, drive_id):
    end(world, drive_id)
    assert client.get(f"{PAGE}/tally/{now().date()}").status_code == 404
    with client.application.app_context(), use_context(Context()) as session:
        assert session.scalar(text("SELECT count(*) FROM pledge_drive")) == 0


def test_a_signers_page_of_an_ended_pledge_still_opens(public, app, world, drive_id):
    link = public.sign_and_confirm(f"{PAGE}/neu")
    freeze(app, world, drive_id)
    end(world, drive_id)
    assert "A pledge that has ended" in public.client.get(link).text
    assert public.client.post(f"{link}/more", data={"sector": ""}).status_code == 303
    assert public.client.post(f"{link}/withdrawal").status_code == 303


def test_consents_are_kept_in_english_whatever_was_read(public, owner, app, admin, drive_id):
    for language in ("en", "cy", "es", "pt"):
        given = {"email": f"{language}@example.org", "updates": "y", "lead_updates": "y"}
        link = public.sign(f"{PAGE}/neu?lang={language}", **given).partition("?")[0]
        public.confirm(link)
        named = public.client.post(f"{link}/more?lang={language}", data={"public_name": "y"})
        assert named.status_code == 303
    words = owner.rows(
        "SELECT purpose, wording, wording_version, count(*) FROM pledge_consent GROUP BY 1, 2, 3"
    )
    assert sorted((purpose, version, n) for purpose, _words, version, n in words) == [
        ("pledge", 1, 4),
        ("public_name", 1, 4),
        ("updates", 1, 4),
        ("updates", 1, 4),
    ]
    assert {words.split()[0] for _purpose, words, _version, _n in words} >= {"By", "Show", "Liberty,"}
    listed = admin.get(f"/pledges/signers?drive={drive_id}").text
    signer = listed.split('href="/pledges/signers/')[1].split('"')[0]
    assert "Kept in English" in admin.get(f"/pledges/signers/{signer}").text


def test_consents_kept_in_another_language_are_brought_into_english(
    public, owner, app, databases, environment
):
    given = {"email": "cy@example.org", "updates": "y", "lead_updates": "y"}
    public.confirm(public.sign(f"{PAGE}/neu?lang=cy", **given).partition("?")[0])
    said = "SELECT purpose, organisation_id, wording FROM pledge_consent ORDER BY 1, 2"
    before = owner.rows(said)
    owner.rows("UPDATE pledge_consent SET wording = 'Caiff ' || purpose || ' ysgrifennu ataf.'")
    with app.app_context():
        db.engine.dispose()
    server = databases.owner_of(environment["DATABASE_URL"])
    before_it = ScriptDirectory(str(shipped("migrations"))).get_revision("0049_ends").down_revision
    downgrade(server, before_it)
    upgrade(server, INSTALLATION_KEY)
    assert owner.rows(said) == before
