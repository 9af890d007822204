"""A drive's text in four languages: never an outdated one, and each signer's page shows what they signed."""

import pytest
from sqlalchemy import select

from organising.pledges.models import Pledge, PledgeDrive
from organising.pledges.queries import get_text, list_translations
from tests.support.pledges import PAGE, Public, open_a_drive

WELSH = {
    "title": "Gofalu, nid rhannu",
    "standfirst": "Lleoedd i fod yn ddiogel ynddynt.",
    "wording": "Byddaf yn siarad dros yr addewid hwn.",
}
CANARY = "Byddaf yn siarad"


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def coordinator(world):
    return world.browser(world.user("liberty", "coordinator"))


def reworded(world, coordinator, drive_id, wording):
    with world.context("liberty") as session:
        drive = session.get_one(PledgeDrive, drive_id)
        form = {"title": drive.title, "slug": drive.slug, "standfirst": drive.standfirst, "goal": "1000"}
    assert (
        coordinator.post(f"/pledges/drives/{drive_id}", data=form | {"wording": wording}).status_code == 303
    )


def texts(world, drive_id):
    with world.context("liberty") as session:
        drive = session.get_one(PledgeDrive, drive_id)
        return get_text(drive, "cy"), {one.language: one for one in list_translations(drive)}


def test_a_translation_is_of_a_version_and_an_outdated_one_is_never_shown(
    world, coordinator, drive_id, client
):
    page = f"/pledges/drives/{drive_id}/languages"
    assert CANARY not in client.get(f"{PAGE}?lang=cy").text
    assert coordinator.post(f"{page}/cy", data=WELSH | {"version": "1", "title": ""}).status_code == 422
    assert coordinator.post(f"{page}/cy", data=WELSH | {"version": "1"}).status_code == 303
    assert coordinator.get(f"{page}/fr").status_code == 404
    shown, _ = texts(world, drive_id)
    assert (shown.language, shown.edition, shown.title) == ("cy", 1, WELSH["title"])
    reworded(world, coordinator, drive_id, "Newer words.")
    shown, languages = texts(world, drive_id)
    assert (shown.language, shown.is_instead, shown.wording) == ("en", True, "Newer words.")
    assert (languages["cy"].version, languages["cy"].is_current) == (1, False)
    assert "Of version 1; English is at 2" in coordinator.get(page).text
    assert "Welsh is of version 1; English is at 2" in coordinator.get(f"/pledges/drives/{drive_id}").text
    editor = coordinator.get(f"{page}/cy").text
    assert CANARY in editor
    assert "Newer words.</ins>" in editor
    # Translated beside version 1, while English moved on: refused, with what was typed.
    stale = coordinator.post(f"{page}/cy", data=WELSH | {"version": "1", "title": "Teitl arall"})
    assert stale.status_code == 422
    assert "Teitl arall" in stale.text
    assert coordinator.post(f"{page}/cy", data=WELSH | {"version": "2"}).status_code == 303
    assert texts(world, drive_id)[0].wording == WELSH["wording"]
    assert "Up to date" in coordinator.get(page).text
    analyst = world.browser(world.user("liberty", "admin"))
    assert analyst.get(page).status_code == 403
    neu = world.browser(world.user("neu", "coordinator"))
    assert neu.post(f"{page}/cy", data=WELSH | {"version": "2", "title": "x"}).status_code == 403


def test_a_signer_keeps_the_very_text_they_saw_until_their_details_go(
    world, coordinator, drive_id, client, smtp_sink, run_jobs, owner
):
    page = f"/pledges/drives/{drive_id}/languages/cy"
    coordinator.post(page, data=WELSH | {"version": "1"})
    public = Public(client, smtp_sink, run_jobs)
    seen = public.seen(f"{PAGE}?lang=cy")
    # Between reading and signing the translation is corrected, then the English changes.
    coordinator.post(page, data=WELSH | {"version": "1", "wording": "Cywirwyd."})
    reworded(world, coordinator, drive_id, "Newer words.")
    link = public.sign_and_confirm(seen=seen)
    assert CANARY in client.get(link).text
    other = public.sign_and_confirm(email="later@example.org", name="Uri Notreal")
    assert "Newer words." in client.get(other).text
    with world.context("liberty") as session:
        rows = session.scalars(select(Pledge).order_by(Pledge.wording_version)).all()
        first = rows[0].id
        assert [(row.wording_version, row.signed_text) for row in rows] == [(1, "cy001"), (2, "en000")]
    # No one can tell from the rows: each has a cipher, of one length.
    lengths = owner.rows("SELECT DISTINCT length(signed_text_cipher) FROM pledge")
    assert len(lengths) == 1
    assert CANARY in coordinator.get(f"/pledges/signers/{first}").text
    exported = coordinator.post(f"/pledges/drives/{drive_id}/exports").text
    assert "cy" not in exported.replace("legacy", "")
    client.post(f"{link}/withdrawal")
    assert owner.rows("SELECT signed_text_cipher FROM pledge WHERE state = 'withdrawn'") == [(None,)]
    assert CANARY not in client.get(link).text
