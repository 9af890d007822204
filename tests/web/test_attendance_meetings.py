"""A lobby day: people by their MP, meetings with room for so many, briefings once a version, results in the contact log once."""

import re
from datetime import timedelta

import pytest

from organising.lobbying.models import Approach
from organising.platform.clock import now, today
from organising.platform.db import new_id
from tests.support.attendance import Visitor, approved, begins
from tests.support.letters import seat_a_member


@pytest.fixture
def visitor(app, smtp_sink, run_jobs):
    return Visitor(app, smtp_sink, run_jobs)


@pytest.fixture
def lobby(app, world):
    """An approved lobby day, an MP with a seat, and a seat that nobody sits for."""
    seat_a_member(app)
    return approved(world, kind="lobby_day", title="Coalition lobby day", capacity=50)


def member(owner):
    [(person_id,)] = owner.rows("SELECT id FROM person WHERE name = 'Ada Harbourer'")
    return str(person_id)


def slot(browser, lobby, owner, **given):
    fields = {"person_id": member(owner), "time": "18:30", "room": "Room W3", "capacity": "2"} | given
    return browser.post(f"/actions/{lobby}/meetings/new", data=fields)


def ids(owner):
    return [str(one) for (one,) in owner.rows("SELECT id FROM sign_up ORDER BY created_at")]


def test_people_stand_by_their_mp_and_a_postcode_is_asked_for(visitor, world, owner, lobby):
    assert visitor.post(lobby).status_code == 422
    assert visitor.post(lobby, postcode="Candlewick").status_code == 422
    link = visitor.going(lobby, postcode="e1 4ns")
    visitor.going(lobby, email="far@example.org", name="Far Away", postcode="ZE1 0AA")
    assert "Your MP: Ada Harbourer, Harbour and Vale." in visitor.client.get(link).text
    page = world.browser(world.user("neu", "organiser")).get(f"/actions/{lobby}/meetings").text
    mine = page[page.index(f'id="mp-{member(owner)}"') : page.index('id="nowhere"')]
    assert "Esi Storyborn" in mine
    assert "Harbour and Vale" in mine
    assert "Far Away" in page[page.index('id="nowhere"') :]
    assert owner.rows("SELECT count(area_id), count(postcode_cipher) FROM sign_up") == [(1, 2)]


def test_meetings_take_as_many_as_they_hold(visitor, world, owner, lobby):
    for n in range(3):
        visitor.going(lobby, email=f"p{n}@example.org", name=f"Person {n}", postcode="E1 4NS")
    browser = world.browser(world.user("neu", "officer"))
    assert slot(browser, lobby, owner).status_code == 403, "another unit's, or the organisation's as a whole"
    browser = world.browser(world.user("neu", "organiser"))
    assert slot(browser, lobby, owner, time="03:00").status_code == 422
    assert slot(browser, lobby, owner).status_code == 303
    [(slot_id,)] = owner.rows("SELECT id FROM meeting_slot")
    path, people = f"/actions/{lobby}/meetings/assignments", ids(owner)
    full = browser.post(path, data={"slot": slot_id, "people": people})
    assert full.status_code == 409
    assert "room for 2 more" in full.text
    assert full.text.count(" checked>") == 3, "nothing that was ticked is lost"
    assert owner.rows("SELECT count(slot_id) FROM sign_up") == [(0,)]
    browser.post(path, data={"slot": slot_id, "people": people[:2]})
    browser.post(path, data={"slot": slot_id, "people": people[:1]})
    assert owner.rows("SELECT count(slot_id) FROM sign_up") == [(2,)]
    small = browser.post(
        f"/actions/{lobby}/meetings/{slot_id}",
        data={"person_id": member(owner), "time": "18:30", "room": "", "capacity": "1"},
    )
    assert small.status_code == 422
    assert "Another constituency" not in browser.get(f"/actions/{lobby}/meetings").text
    visitor.leave(visitor.link("p0@example.org"))
    browser.post(path, data={"slot": slot_id, "people": people[2:]})
    assert owner.rows("SELECT count(slot_id) FROM sign_up") == [(2,)]
    assert browser.post(f"/actions/{lobby}/meetings/{slot_id}/removal").status_code == 303
    assert owner.rows("SELECT count(slot_id), count(*) FILTER (WHERE state = 'going') FROM sign_up") == [
        (0, 2)
    ]


def test_a_briefing_goes_out_once_a_version(visitor, world, owner, lobby):
    visitor.going(lobby, postcode="E1 4NS")
    visitor.going(lobby, email="none@example.org", name="In None", postcode="E1 4NS")
    browser, path = world.browser(world.user("neu", "organiser")), f"/actions/{lobby}/meetings"
    slot(browser, lobby, owner)
    [(slot_id,)] = owner.rows("SELECT id FROM meeting_slot")
    browser.post(f"{path}/assignments", data={"slot": slot_id, "people": ids(owner)[:1]})
    asked = browser.post(f"{path}/lines", data={"lines": "About undocumented children"})
    assert asked.status_code == 422
    assert "About undocumented children" in asked.text
    browser.post(f"{path}/lines", data={"lines": "Thank her for the debate."})
    browser.post(f"{path}/lines", data={"lines": "She taught for ten years.", "person_id": member(owner)})
    for told in ("The briefing goes to one person.", "Everybody in a meeting has this version already."):
        assert told in browser.post(f"{path}/briefing", follow_redirects=True).text
        visitor.run_jobs()
    [briefing] = [one for one in visitor.mails() if "briefing" in str(one["Subject"])]
    told = briefing.get_content()
    for words in (
        "Ada Harbourer",
        "Harbour and Vale",
        "Room W3",
        "18:30",
        "Thank her",
        "She taught",
        "/briefing",
    ):
        assert words in told, words
    assert visitor.subjects("none@example.org") == []
    assert "One person is in no meeting yet" in browser.get(path).text
    place = re.search(r"/my-place/[\w.-]+", told)[0]
    for words in ("Your meeting", "Ada Harbourer", "18:30", "Room W3", "Add to your calendar"):
        assert words in visitor.client.get(place).text, words
    changed = {"person_id": member(owner), "time": "18:45", "room": "Room W3", "capacity": "2"}
    browser.post(f"{path}/{slot_id}", data=changed)
    browser.post(f"{path}/{slot_id}", data=changed)
    for _ in range(2):
        browser.post(f"{path}/briefing")
        visitor.run_jobs()
    briefings = [one for one in visitor.mails() if "briefing" in str(one["Subject"])]
    assert len(briefings) == 2
    assert "18:45" in briefings[-1].get_content()
    assert "18:45" in visitor.client.get(place).text


def test_a_partners_reservation_is_shown_and_asked_about(visitor, world, owner, lobby):
    visitor.going(lobby, postcode="E1 4NS")
    praxis = world.user("praxis", "organiser")
    with world.context("praxis", praxis) as session:
        session.add(
            Approach(
                id=new_id(), campaign_id=world.campaign, author_label="x", person_id=member(owner), channel="meeting",
                starts_on=today(), ends_on=today() + timedelta(days=13), due_on=today(),
                state="requested", purpose="The pledge", submission_key=new_id(), changed_at=now(),
            )
        )  # fmt: skip
        session.commit()
    browser = world.browser(world.user("neu", "organiser"))
    assert "Reserved by Praxis" in browser.get(f"/actions/{lobby}/meetings").text
    asked = slot(browser, lobby, owner)
    assert asked.status_code == 422
    assert "Praxis has reserved this MP" in asked.text
    assert owner.rows("SELECT count(*) FROM meeting_slot") == [(0,)]
    key = re.search(r'name="confirmed" value="([^"]+)"', asked.text).group(1)
    assert slot(browser, lobby, owner, confirmed=key).status_code == 303
    assert owner.rows("SELECT count(*) FROM meeting_slot") == [(1,)]


def test_results_go_into_the_contact_log_once_a_representative(visitor, world, owner, lobby):
    visitor.going(lobby, postcode="E1 4NS")
    browser, person = world.browser(world.user("neu", "organiser")), member(owner)
    slot(browser, lobby, owner)
    path = f"/actions/{lobby}/meetings/results/{person}"
    given = {"headline": "Will ask a question", "attended_by": "staff", "outcome": "helpful", "note": "Keen"}
    assert browser.post(path, data=given).status_code == 422, "it has not begun"
    begins(world, lobby, -1)
    assert browser.post(path, data=given | {"headline": ""}).status_code == 422
    assert browser.post(path, data=given).status_code == 303
    assert browser.post(path, data=given).status_code == 303
    assert browser.post(path, data=given | {"headline": "Something else"}).status_code == 303
    logged = owner.rows("SELECT kind, attended_by, outcome, headline, person_id::text FROM engagement")
    assert logged == [("meeting", "staff", "helpful", "Will ask a question", person)]
    partner = world.browser(world.user("praxis", "organiser")).get("/contact-log").text
    assert "Will ask a question" in partner
    assert "Keen" not in partner
    assert "Esi Storyborn" not in partner
    assert "Will ask a question" in browser.get(f"/actions/{lobby}/meetings").text
