"""Requests for information: a wrong step is taken back, by whom it is and while nothing followed."""

import re
from uuid import uuid4

from sqlalchemy import func, select

from organising.lobbying.models import InformationRequest, RequestEvent
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.migrations import downgrade, upgrade
from tests.web.test_lobbying_institutions import DAY, ask, bodies, made_request, move, plain

__all__ = ["bodies"]


def undo_address(html):
    return re.search(r'action="(/requests/[^"]+/changes/[^"]+/removal)"', html)[1]


def state_of(world, request_id):
    with world.context("neu"):
        one = db.session.get_one(InformationRequest, request_id)
        return one.state, one.answer, one.exemption, one.due_on, one.chased_on


def test_a_wrong_step_of_a_request_is_taken_back_once(world, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"], sent_on=(today() - 60 * DAY).isoformat()))
    before = state_of(world, request_id)
    assert "/changes/" not in browser.get(f"/requests/{request_id}").text
    moved = move(browser, request_id, "refused", words="Section 31 it is", exemption="section 31")
    assert moved.status_code == 303
    assert state_of(world, request_id)[:3] == ("refused", "Section 31 it is", "section 31")
    shown = browser.get(moved.location).text
    assert "Kept." in shown
    undo = undo_address(shown)
    for _twice in range(2):
        answer = browser.post(undo)
        assert answer.status_code == 303
        assert "changed=" not in answer.location
    assert state_of(world, request_id) == before
    history = plain(browser.get(f"/requests/{request_id}").text)
    assert "Put back: Sent" in history
    with world.context("neu"):
        assert db.session.scalar(select(func.count(RequestEvent.id))) == 3
    assert "Overdue" in browser.get("/requests").text


def test_an_earlier_answer_and_its_day_come_back_with_a_review_undone(world, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"], sent_on=(today() - 60 * DAY).isoformat()))
    move(browser, request_id, "answered", words="The first answer", url="https://force.example/1")
    before = state_of(world, request_id)
    move(browser, request_id, "review")
    assert state_of(world, request_id)[3] > today()
    browser.post(undo_address(browser.get(f"/requests/{request_id}").text))
    assert state_of(world, request_id) == before
    assert "https://force.example/1" in browser.get(f"/requests/{request_id}").text


def test_a_chase_is_taken_back_from_the_list(world, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"]))
    chased = browser.post(f"/requests/{request_id}/chases", data={"back": "/requests?whose=ours"})
    assert chased.location.startswith("/requests?whose=ours")
    assert state_of(world, request_id)[4] == today()
    answer = browser.post(
        undo_address(browser.get(chased.location).text), data={"back": "/requests?whose=ours"}
    )
    assert answer.location == "/requests?whose=ours"
    assert state_of(world, request_id)[4] is None


def test_only_the_last_step_is_undone_and_only_by_who_may_take_it(world, browser, bodies, organiser):
    request_id = made_request(ask(browser, bodies["Vale"]))
    move(browser, request_id, "answered")
    first = undo_address(browser.get(f"/requests/{request_id}").text)
    move(browser, request_id, "review")
    assert browser.post(first).status_code == 409
    last = undo_address(browser.get(f"/requests/{request_id}").text)
    other = world.browser(world.user("praxis", "coordinator"))
    assert "/changes/" not in other.get(f"/requests/{request_id}").text
    assert other.post(last).status_code == 404
    assert world.browser(world.user("neu", "officer")).post(last).status_code == 403
    assert browser.post(f"/requests/{request_id}/changes/{uuid4()}/removal").status_code == 404
    assert state_of(world, request_id)[0] == "review"


def test_what_was_taken_back_outlives_the_way_down_and_up(world, databases, environment, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"]))
    move(browser, request_id, "answered")
    browser.post(undo_address(browser.get(f"/requests/{request_id}").text))
    owner = databases.owner_of(environment["DATABASE_URL"])
    downgrade(owner, "0019_mailing_schedule")
    upgrade(owner, bytes(range(32)))
    with world.context("neu"):
        deeds = db.session.scalars(select(RequestEvent.deed).order_by(RequestEvent.created_at)).all()
        assert deeds == ["sent", "moved", "moved"], "the older product has no word for what was put back"
    assert state_of(world, request_id)[0] == "sent"
