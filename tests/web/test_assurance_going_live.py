"""Practice mode: imports and pledge pages refused with what is missing, until four things hold and an admin goes live."""

import io

import pytest

from organising.app import create_app
from organising.platform.db import db
from organising.pledges.models import PledgeDrive
from organising.pledges.services.drives import open_drive
from organising.safeguards.practice import PracticeMode
from tests.support.assurance import accept
from tests.support.pledges import open_a_drive
from tests.support.world import World

LIVE = "/organisation/going-live"


@pytest.fixture
def real(environment, founded, app):
    """The same installation as it is in production: people are real, so an organisation begins in practice mode."""
    made = create_app(environment | {"ORGANISING_INVENTED_PEOPLE": "0"})
    made.config["WTF_CSRF_ENABLED"] = False
    yield World(made, founded)
    with made.app_context():
        db.engine.dispose()


def ran(owner, kind, ago="0 days"):
    """As the owner's commands write it down (tests/web/test_backup.py has them run)."""
    owner.rows(
        "INSERT INTO installation_run (id, kind, row_count, byte_count, seconds, created_at) "
        f"VALUES (gen_random_uuid(), '{kind}', 0, 0, 0, now() - interval '{ago}')"
    )


def test_practice_mode_refuses_what_takes_in_people_and_says_what_is_missing(world, real):
    drive_id = open_a_drive(world)
    coordinator = world.user("liberty", "coordinator")
    lead, organiser = real.browser(coordinator), real.browser(world.user("liberty", "organiser"))
    page = lead.get("/organisation")
    assert "Practice mode" in page.text
    assert "What is missing" in page.text
    file = {"file": (io.BytesIO(b"name\nAmara Okafor\n"), "people.csv")}
    for answer in (
        organiser.get("/contacts/imports"),
        organiser.post("/contacts/imports", data=file),
        lead.post(f"/pledges/drives/{drive_id}/opening"),
    ):
        assert answer.status_code == 409
        for said in (
            "A second factor for everybody",
            "Nobody has accepted Template of 30 November 2026",
            "No backup of this installation was restored yet",
            "“organising doctor” has not found everything well yet",
            "Whoever runs the server",
        ):
            assert said in answer.text
    # The public's page takes nothing, whole or in a frame; in any language it says so.
    with world.context("liberty") as session:
        slug = session.get_one(PledgeDrive, drive_id).slug
    public = real.app.test_client()
    for path in (f"/pledge/{slug}", f"/pledge/{slug}/neu", f"/pledge/{slug}/neu/embed"):
        shown = public.get(path)
        assert (shown.status_code, "is still trying this page out" in shown.text) == (200, True), path
        assert public.post(path, data={"name": "A", "email": "a@example.org"}).status_code == 409
    welsh = public.get(f"/pledge/{slug}?lang=cy").text
    assert "is still trying this page out" not in welsh
    assert 'name="email"' not in welsh
    with real.context("liberty", coordinator) as session, pytest.raises(PracticeMode):
        open_drive(coordinator, session.get_one(PledgeDrive, drive_id))
    # Where everybody is invented it is as open as ever, says so, and can't go live.
    admin = world.browser(coordinator)
    assert "Practice mode" not in admin.get("/organisation").text
    assert "Demo: invented people" in admin.get(LIVE).text
    admin.post(LIVE)
    assert "this installation can’t go live" in admin.get(LIVE).text


def test_only_production_refuses_invented_people(environment):
    from organising.config import Settings, SettingsError

    with pytest.raises(SettingsError, match="ORGANISING_INVENTED_PEOPLE"):
        Settings.from_environment(environment | {"ORGANISING_MODE": "production"})


def test_an_organisation_goes_live_once_all_four_hold_and_goes_back_with_one_button(world, real, owner):
    drive_id = open_a_drive(world)
    lead, organiser = (real.browser(world.user("liberty", role)) for role in ("coordinator", "organiser"))
    accept(lead)
    ran(owner, "rehearsal")
    ran(owner, "doctor", "8 days")
    text = lead.get(LIVE).text
    assert "A backup was restored" in text
    assert "It last did on" in text
    assert "Neu" not in text
    lead.post(LIVE)
    assert "Still missing: " in lead.get(LIVE).text
    ran(owner, "doctor")
    assert "Without one: Liberty coordinator" in lead.get(LIVE).text
    # Everybody who is here by now sets one up.
    owner.rows(
        "INSERT INTO second_factor (id, secret_cipher, confirmed_at, last_step, failed_count, created_at) "
        "SELECT id, 'x', now(), 0, 0, now() FROM \"user\""
    )
    assert organiser.post(LIVE).status_code == 403
    lead.post(LIVE)
    text = lead.get(LIVE).text
    assert "Your organisation is live" in text
    assert "by Liberty coordinator" in text
    assert "Practice mode" not in lead.get("/organisation").text
    assert organiser.get("/contacts/imports").status_code == 200
    with world.context("liberty") as session:
        slug = session.get_one(PledgeDrive, drive_id).slug
    public = real.app.test_client()
    assert 'name="email"' in public.get(f"/pledge/{slug}").text
    # Each partner for itself.
    assert "is still trying this page out" in public.get(f"/pledge/{slug}/neu").text
    assert "Practice mode" in real.browser(world.user("neu", "admin")).get("/organisation").text
    lead.post(f"{LIVE}/removal")
    assert organiser.get("/contacts/imports").status_code == 409
    assert "is still trying this page out" in public.get(f"/pledge/{slug}").text
    events = [row[0] for row in _events(world, real)]
    assert events.count("organisation.went_live") == events.count("organisation.went_back_to_practice") == 1


def _events(world, real):
    from sqlalchemy import text

    with real.context("liberty", world.user("liberty", "admin")) as session:
        return session.execute(text("SELECT action FROM audit_event")).all()
