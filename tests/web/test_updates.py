"""The pages of updates: written by an organiser, signed off by another, seen by a partner as text and counts only."""

import re
from uuid import UUID

import pytest

from tests.support.pledges import open_a_drive
from tests.support.updates import WORDS, Updaters, add_signer, add_signers, recipients, stop_path

NEW = {
    "subject": "What your signature did",
    "body": 'Hello {{ first_name|"friend" }},\n\n“{{ pledge }}” was handed over.\n\n{{ organisation }}',
    "sender_name": "NEU campaigns",
    "reply_to": "campaigns@neu.example",
}


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def neu(world):
    return Updaters.at(world)


def content_hash(page):
    return re.search(r'name="content_hash" value="([^"]+)"', page)[1]


def test_the_way_of_an_update_from_an_empty_tab_to_what_became_of_it(
    world, drive_id, neu, smtp_sink, run_jobs, owner
):
    organiser, admin = world.browser(neu.organiser), world.browser(neu.admin)
    tab = organiser.get("/pledges").text
    assert f"/pledges/updates?drive={drive_id}" in tab
    empty = organiser.get(f"/pledges/updates?drive={drive_id}").text
    assert "No update yet" in empty
    for n in range(3):
        add_signer(
            world, "neu", drive_id, f"signer{n}@example.org", name=f"Esi Number{n}", sector="education"
        )
    add_signer(world, "neu", drive_id, "health@example.org", name="Kofi", sector="health")
    add_signer(world, "neu", drive_id, "no@example.org", name="Ada", updates=False)
    new = f"/pledges/drives/{drive_id}/updates/new"
    # Fields of representatives are none here, and what was typed stays.
    wrong = organiser.post(new, data=NEW | {"body": "Dear {{ salutation }}, {{ if promised }}x{{ end }}"})
    assert wrong.status_code == 422
    assert "The fields are: first_name, pledge, signed, organisation." in wrong.text
    assert "Dear {{ salutation }}" in wrong.text
    shown = organiser.post(new, data=NEW | {"sector": "education", "preview": "1"}).text
    assert "Hello Robin," in shown
    assert "Hello friend," in shown
    assert 'name="sector"' in shown
    made = organiser.post(new, data=NEW | {"sector": "education"})
    assert made.status_code == 303
    page = made.location
    draft = organiser.get(page).text
    assert "Get it: they agreed that you email them" in draft
    assert re.search(r"<strong>3</strong>", draft)
    assert "Left out: did not agree to be emailed" not in draft
    # A test to oneself has the footer, and its link stops nothing.
    assert organiser.post(f"{page}/test").status_code == 303
    test = smtp_sink.messages[-1]
    assert str(test["Subject"]).startswith("[TEST] What your signature did")
    assert "This was a test" in organiser.post(stop_path(test)).text
    assert organiser.post(f"{page}/review", data={"reviewer": "own"}).status_code == 303
    # Not one's own work, and not by an organiser.
    shown_hash = content_hash(admin.get(page).text)
    assert (
        organiser.post(f"/mailings{page.removeprefix('/pledges/updates')}/sign-off", data={}).status_code
        == 403
    )
    mailing = "/mailings" + page.removeprefix("/pledges/updates")
    approve = {"content_hash": shown_hash, "decision": "approve"}
    assert admin.post(f"{mailing}/sign-off", data=approve).status_code == 303
    assert organiser.post(f"{mailing}/release", data={"content_hash": shown_hash}).status_code == 403
    assert admin.post(f"{mailing}/release", data={"content_hash": shown_hash}).status_code == 303
    run_jobs()
    assert len(smtp_sink.messages) == 4
    sent = admin.get(page).text
    assert "Delivered to the relay" in sent
    after = organiser.get(f"{page}/recipients").text
    assert "Taken by their mail server" in after
    assert "Esi Number0" in after
    assert organiser.get(f"{mailing}/recipients?state=accepted").location.endswith(
        "recipients?state=accepted"
    )
    # An analyst reads numbers only, and no signer's name.
    analyst = world.browser(world.user("neu", "analyst"))
    assert analyst.get(f"{page}/recipients").status_code == 403
    assert analyst.get(page).status_code == 403
    # What goes to representatives has no place in an update.
    for part in ("audience", "names", "attachments"):
        organiser.post(f"{mailing}/{part}", data={"person": "x"})
    log = owner.rows("SELECT action FROM audit_event WHERE subject_type = 'mailing'")
    assert {("update.composed",), ("mailing.sign_off_asked",), ("mailing.started",)} <= set(log)


def test_a_partner_asked_for_sign_off_reads_text_and_count_and_nobody(
    world, drive_id, neu, smtp_sink, run_jobs, owner
):
    add_signers(world, "neu", drive_id, 4)
    mailing_id = neu.draft(drive_id)
    page = f"/pledges/updates/{mailing_id}"
    liberty = world.user("liberty", "coordinator")
    never = f"/pledges/updates/{drive_id}"
    for path in ("", "/recipients", "/text", "/review"):
        assert world.browser(liberty).get(page + path).data == world.browser(liberty).get(never + path).data
    neu.ask(mailing_id, lend_to_lead=True)
    run_jobs()
    asked = smtp_sink.to(world.email(liberty))[0].get_content()
    assert "It goes to 4 people." in asked
    assert "Hello Robin," in asked
    link = re.search(r"http://localhost(/mailings/answer/\S+)", asked)[1]
    answering = world.app.test_client().get(link).text
    assert "Hello Robin," in answering
    browser = world.browser(liberty)
    shown = browser.get(page).text
    assert "4 people who signed" in shown
    told = shown + answering + asked + browser.get("/mailings").text
    assert "Number0" not in told
    assert "signer0" not in told
    assert "Get it: they agreed" not in told
    for path in ("/recipients", "/text", "/review"):
        assert browser.get(page + path).data == browser.get(never + path).data
    assert browser.post(f"{page}/correction").status_code == 404
    approve = {"content_hash": content_hash(shown), "decision": "approve"}
    assert browser.post(f"/mailings/{mailing_id}/sign-off", data=approve).status_code == 303
    run_jobs()
    assert neu.state(mailing_id) == "approved"
    with world.context("liberty", liberty) as session:
        for table in ("delivery", "pledge", "suppression"):
            assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    # Any change voids it.
    organiser = world.browser(neu.organiser)
    text = organiser.get(f"{page}/text").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', text)[1]
    changed = vars(WORDS) | {"since": "2026-01-01", "version": version, "identity_id": ""}
    assert organiser.post(f"{page}/text", data=changed).status_code == 303
    assert neu.state(mailing_id) == "draft"
    assert browser.get(page).status_code == 404
    assert organiser.post(f"{page}/text", data=changed).status_code == 409


def test_one_press_in_a_mail_program_stops_them_and_a_look_does_not(
    world, drive_id, neu, smtp_sink, run_jobs, app, owner
):
    """RFC 8058: no cookie, no token of a form, no sign-in; with the guard against forged forms switched on."""
    add_signer(world, "neu", drive_id, "esi@example.org")
    add_signer(world, "liberty", drive_id, "esi@example.org")
    neu.sending(drive_id)
    run_jobs()
    path = stop_path(smtp_sink.messages[0])
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = app.test_client(use_cookies=False)
    looked = stranger.get(path)
    assert looked.status_code == 200
    assert "Stop these emails?" in looked.text
    assert looked.headers["Referrer-Policy"] == "no-referrer"
    live = "SELECT organisation_id FROM pledge_consent WHERE purpose = 'updates' AND withdrawn_at IS NULL"
    assert len(owner.rows(live)) == 2
    for _ in range(2):
        pressed = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
        assert pressed.status_code == 200
        assert "NEU sends you no more updates" in pressed.text
    assert owner.rows(live) == [(world.organisations["liberty"],)]
    assert owner.rows("SELECT organisation_id, reason FROM suppression") == [
        (world.organisations["neu"], "unsubscribed")
    ]
    assert owner.rows("SELECT count(*) FROM audit_event WHERE action = 'updates.stopped'") == [(1,)]
    assert stranger.get(path[:-3] + "AAA").status_code == 404
    assert stranger.post(path[:-3] + "AAA").status_code == 404
    # Nobody is left, and the page says why.
    reach = world.browser(neu.organiser).get(f"/pledges/updates?drive={drive_id}").text
    assert "Left out: asked for no more" in reach


def test_an_update_to_one_unit_reaches_its_signers_and_says_so_to_who_signs_off(
    world, drive_id, neu, smtp_sink, run_jobs
):
    camden, leeds = world.unit("neu"), world.unit("neu", "Leeds")
    for n, unit_id in enumerate((camden, camden, leeds, None)):
        add_signer(world, "neu", drive_id, f"signer{n}@example.org", name=f"Esi Number{n}", unit_id=unit_id)
    organiser, liberty = world.browser(neu.organiser), world.browser(world.user("liberty", "coordinator"))
    new = f"/pledges/drives/{drive_id}/updates/new"
    foreign = world.unit("praxis", "Elsewhere")
    assert "Leeds" in organiser.get(new).text
    assert organiser.post(new, data=NEW | {"unit": str(foreign)}).status_code == 422
    made = organiser.post(new, data=NEW | {"unit": str(camden)})
    assert made.status_code == 303, made.text
    page, mailing_id = made.location, UUID(made.location.rpartition("/")[2])
    assert re.search(r"<strong>2</strong>", organiser.get(page).text)
    neu.ask(mailing_id, lend_to_lead=True)
    # The unit is NEU's own row; its name stands beside the text for who is asked.
    assert re.search(r"Unit</dt><dd>Camden", liberty.get(page).text)
    # Another unit is another question, and takes the sign-off back.
    version = re.search(r'name="version"[^>]*value="(\d+)"', organiser.get(f"{page}/text").text)[1]
    changed = NEW | {"unit": str(leeds), "version": version}
    assert organiser.post(f"{page}/text", data=changed).status_code == 303
    assert neu.state(mailing_id) == "draft"
    neu.release(neu.approve(neu.ask(mailing_id)))
    run_jobs()
    assert recipients(m for m in smtp_sink.messages if m["List-Unsubscribe"]) == ["signer2@example.org"]


def test_how_to_stop_stands_in_every_language_and_a_moved_address_keeps_its_link(
    world, drive_id, neu, client, smtp_sink, run_jobs, owner
):
    add_signer(world, "neu", drive_id, "esi@example.org")
    owner.rows("UPDATE pledge SET link_version = 1")
    neu.sending(drive_id)
    run_jobs()
    text = smtp_sink.messages[0].get_body(("plain",)).get_content()
    links = re.findall(r"http://localhost(/\S+)", text)
    stops = [link for link in links if link.startswith("/updates/stop/")]
    assert [re.search(r"lang=(\w+)|$", link)[1] for link in stops] == [None, "cy", "es", "pt"]
    assert [re.search(r'<html lang="([\w-]+)"', client.get(link).text)[1] for link in stops] == [
        "en-GB", "cy", "es", "pt",
    ]  # fmt: skip
    assert text.count("To stop these emails") == 0
    (signature,) = (link for link in links if link.startswith("/signature/"))
    assert client.get(signature).status_code == 200
