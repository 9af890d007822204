"""Who comes, as the host's staff see it: an officer the own unit's, an analyst numbers, a partner nothing."""

import csv
import re
from io import StringIO

import pytest
from sqlalchemy import text

from tests.support.attendance import TITLE, Visitor, approved, begins


@pytest.fixture
def visitor(app, smtp_sink, run_jobs):
    return Visitor(app, smtp_sink, run_jobs)


def ids(owner):
    return [str(one) for (one,) in owner.rows("SELECT id FROM sign_up ORDER BY created_at")]


def test_each_role_sees_what_the_matrix_gives_it(visitor, world, owner):
    officer = world.user("neu", "officer")
    action_id = approved(world, author=officer)
    assert "signed up" not in world.browser(officer).get(f"/actions/{action_id}").text
    visitor.going(action_id)
    assert "One person has signed up." in world.browser(officer).get(f"/actions/{action_id}").text
    path, [sign_up] = f"/actions/{action_id}/people", ids(owner)
    cells = {
        ("neu", "coordinator", None): (True, True),
        ("neu", "deputy", None): (True, True),
        ("neu", "admin", None): (True, True),
        ("neu", "organiser", None): (True, True),
        ("neu", "officer", None): (True, False),
        ("neu", "officer", "Hackney"): (False, False),
        ("neu", "analyst", None): (False, False),
    }
    for (slug, role, unit), (sees, takes_out) in cells.items():
        browser = world.browser(world.user(slug, role, unit=unit))
        page = browser.get(path)
        assert page.status_code == 200
        assert ("esi@example.org" in page.text) is sees, (role, unit)
        assert "has a place" in page.text
        assert ("Export as CSV" in page.text) is takes_out, (role, unit)
        answer = browser.post(f"{path}/exports", data={"reason": "event"})
        assert (answer.status_code == 200) is takes_out, (role, unit)
        if not sees:
            begins(world, action_id, -1)
            assert browser.post(f"{path}/{sign_up}/attendance", data={"attended": "came"}).status_code == 403
            begins(world, action_id, 48)
    assert owner.rows("SELECT count(DISTINCT attended) FROM sign_up") == [(0,)]


def test_an_organiser_of_a_part_of_the_tree_sees_that_part_only(visitor, world, owner):
    officer, organiser = world.user("neu", "officer"), world.user("neu", "organiser")
    action_id = approved(world, author=officer)
    visitor.going(action_id)
    browser, [sign_up] = world.browser(organiser), ids(owner)
    for unit, sees in (("Hackney", False), ("Camden", True)):
        reach = world.unit("neu", unit)
        owner.rows(f"UPDATE membership SET subtree_id = '{reach}' WHERE user_id = '{organiser.user_id}'")
        page = browser.get(f"/actions/{action_id}/people")
        assert ("esi@example.org" in page.text) is sees, unit
        assert (TITLE in browser.get("/actions/taking-part").text) is sees, unit
        removal = browser.post(f"/actions/{action_id}/people/{sign_up}/attendance", data={"attended": ""})
        assert removal.status_code == (409 if sees else 403)
        with world.context("neu", organiser) as session:
            assert session.scalar(text("SELECT count(*) FROM sign_up")) == int(sees)


def _shown(browser, action_id):
    """What these pages say, without their tokens against forgery."""
    pages = (browser.get(path).text for path in (f"/actions/{action_id}", "/actions/taking-part"))
    return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]


def test_a_partner_learns_neither_who_comes_nor_how_many(visitor, world, owner):
    action_id = approved(world)
    partner = world.browser(world.user("praxis", "coordinator"))
    before = _shown(partner, action_id)
    visitor.going(action_id)
    [sign_up] = ids(owner)
    for path in ("", "/exports", "/page", "/closure", f"/{sign_up}/attendance", f"/{sign_up}/removal"):
        target = f"/actions/{action_id}/people{path}"
        answer = partner.get(target) if not path else partner.post(target, data={"attended": "came"})
        assert answer.status_code == 404, path
    assert _shown(partner, action_id) == before
    with world.context("praxis") as session:
        assert session.scalar(text("SELECT count(*) FROM sign_up")) == 0
        counted = session.execute(text("SELECT * FROM app.attendance_counts(:a)"), {"a": action_id}).one()
        assert tuple(counted) == (0, 0, 0, 0)


def test_marks_at_the_door_and_the_list_as_a_file(visitor, world, owner):
    action_id = approved(world)
    visitor.going(action_id)
    visitor.going(action_id, email="bex@example.org", name="=Bex Notreal")
    browser, path = world.browser(world.user("neu", "organiser")), f"/actions/{action_id}/people"
    first, second = ids(owner)
    assert browser.post(f"{path}/{first}/attendance", data={"attended": "came"}).status_code == 409
    begins(world, action_id, -1)
    for sign_up, attended in ((first, "came"), (second, "came"), (second, ""), (second, "stayed_away")):
        answer = browser.post(f"{path}/{sign_up}/attendance", data={"attended": attended})
        assert answer.status_code == 303
        assert answer.location.endswith(f"#p-{sign_up}")
    assert browser.post(f"{path}/exports", data={}).status_code == 422
    made = browser.post(f"{path}/exports", data={"reason": "event"})
    rows = list(csv.DictReader(StringIO(made.text.lstrip("\ufeff"))))
    assert [(row["email"], row["attended"]) for row in rows] == [
        ("esi@example.org", "Came"),
        ("bex@example.org", "Did not come"),
    ]
    assert not rows[1]["name"].startswith("=")
    logged = owner.rows("SELECT kind, row_count, reason, clause FROM export_record")
    assert logged == [("attendees", 2, "event", "4.1")]


def test_closing_telling_and_taking_off(visitor, world, owner):
    action_id = approved(world, capacity=1)
    visitor.going(action_id)
    waits = visitor.going(action_id, email="waits@example.org")
    browser, path = world.browser(world.user("neu", "organiser")), f"/actions/{action_id}/people"
    told = {"notes": "Meet at the side door."}
    assert browser.post(f"{path}/page", data=told).status_code == 303
    asked = browser.post(f"{path}/page", data={"notes": "For undocumented people"})
    assert asked.status_code == 422
    assert "For undocumented people" in asked.text
    assert browser.post(f"{path}/closure").status_code == 303
    assert "It takes no more sign-ups" in visitor.client.get(f"/take-part/{action_id}").text
    assert visitor.post(action_id, email="late@example.org").status_code == 409
    browser.post(f"{path}/closure/removal")
    assert visitor.post(action_id, email="late@example.org").status_code == 303
    assert browser.post(f"{path}/{ids(owner)[0]}/removal").status_code == 303
    visitor.run_jobs()
    assert "You have a place" in visitor.client.get(waits).text
    assert "Meet at the side door." in visitor.mails("waits@example.org")[-1].get_content()
    assert owner.rows("SELECT count(*) FROM sign_up WHERE state = 'withdrawn' AND email_cipher IS NULL") == [
        (1,)
    ]


def test_who_ticks_the_box_and_confirms_becomes_a_contact_with_this_consent(visitor, world, owner):
    action_id = approved(world)
    browser = world.browser(world.user("neu", "organiser"))
    browser.post(f"/actions/{action_id}/people/page", data={"notes": "", "invitations": "y"})
    page = visitor.client.get(f"/take-part/{action_id}").text
    [(words,)] = owner.rows("SELECT text FROM consent_wording WHERE purpose = 'invitations'")
    assert words in page.replace("&#39;", "'")
    visitor.going(action_id, email="no@example.org")
    link = visitor.sign_up(action_id, invitations="y")
    visitor.run_jobs()
    assert owner.rows("SELECT count(*) FROM contact") == [(0,)], "a box alone is no yes"
    visitor.confirm(link)
    visitor.run_jobs()
    visitor.pass_time()
    assert owner.rows("SELECT purpose, channel, decision, source FROM contact_consent") == [
        ("invitations", "email", "given", "confirmed")
    ]
    assert owner.rows("SELECT count(*) FROM contact") == [(1,)]


def test_the_rights_desk_finds_tells_and_erases(app, visitor, world, owner):
    from organising.attendance import held
    from organising.platform.people import Subject, keys_of

    action_id = approved(world)
    visitor.going(action_id)
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        keys = keys_of(admin.organisation_id, ["esi@example.org"], [])
        subject = Subject(admin.organisation_id, keys=keys)
        found = held.find_sign_ups(admin, subject)
        [section] = held.tell_sign_ups(admin, found)
        assert dict(section.items[0].facts)["Name"] == "Esi Storyborn"
        assert held.erase_sign_ups(admin, found) == {"sign_up": 1}
        session.commit()
    assert owner.rows("SELECT state, name_cipher, email_key FROM sign_up") == [("withdrawn", None, None)]


def test_time_takes_everybody_away_and_leaves_numbers(app, visitor, world, owner):
    from organising.attendance.jobs import sweep_retention

    action_id = approved(world)
    visitor.going(action_id)
    visitor.sign_up(action_id, email="never@example.org")
    owner.rows("UPDATE sign_up SET attended = 'came' WHERE state = 'going'")
    with app.app_context():
        sweep_retention()
    assert len(ids(owner)) == 2
    owner.rows("UPDATE sign_up SET created_at = created_at - interval '8 days'")
    with app.app_context():
        sweep_retention()
    assert len(ids(owner)) == 1
    begins(world, action_id, -24 * 31)
    for _ in range(2):
        with app.app_context():
            sweep_retention()
    assert ids(owner) == []
    assert owner.rows("SELECT signed_up, came FROM sign_up_page") == [(1, 1)]
    assert owner.rows("SELECT count(*) FROM attendance_mail") == [(0,)]
    page = world.browser(world.user("neu", "organiser")).get(f"/actions/{action_id}/people")
    assert "1 signed up and 1 were marked as having come" in page.text


def test_a_report_proposes_how_many_were_marked_as_having_come_and_takes_another_number(
    visitor, world, owner
):
    action_id = approved(world)
    visitor.going(action_id)
    visitor.going(action_id, email="bex@example.org", name="Bex Notreal")
    begins(world, action_id, -3)
    browser = world.browser(world.user("neu", "organiser"))
    page = browser.get(f"/actions/{action_id}/report").text
    assert "marked as having come" not in page
    assert 'value=""' in re.search(r'<input[^>]*name="attendance"[^>]*>', page).group()
    for sign_up in ids(owner):
        browser.post(f"/actions/{action_id}/people/{sign_up}/attendance", data={"attended": "came"})
    page = browser.get(f"/actions/{action_id}/report").text
    assert "2 of those who signed up were marked as having come." in page
    assert 'value="2"' in re.search(r'<input[^>]*name="attendance"[^>]*>', page).group()
    refused = browser.post(f"/actions/{action_id}/report", data={"attendance": "31"})
    assert refused.status_code == 422
    assert 'value="31"' in re.search(r'<input[^>]*name="attendance"[^>]*>', refused.text).group()
    sent = {"attendance": "", "paper_pledges": "0"}
    assert browser.post(f"/actions/{action_id}/report", data=sent).status_code == 303
    assert owner.rows("SELECT attendance FROM branch_action") == [(None,)]
