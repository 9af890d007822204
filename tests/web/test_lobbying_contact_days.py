"""The days of what is logged with a contact: nobody has to type one, and none is made up."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from organising.lobbying.models import Commitment, FollowUp
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Recess
from organising.representatives.queries.recesses import first_sitting_day
from tests.support.lobbying import contact_form


@pytest.mark.parametrize(
    ("changes", "ahead"),
    [({}, 7), ({"when": "tomorrow"}, 1), ({"when": "fortnight"}, 14), ({"when": "other", "due_on": 3}, 3)],
)
def test_a_follow_up_needs_no_day_typed(world, browser, organiser, members, changes, ahead):
    form = contact_form(subject_id=str(members["Ada"]), what="Send wording", due_on="", when="week") | changes
    if form["due_on"]:
        form["due_on"] = (today() + timedelta(days=form["due_on"])).isoformat()
    assert browser.post("/contact-log/new", data=form).status_code == 303
    with world.context("neu", organiser):
        assert db.session.scalars(select(FollowUp)).one().due_on == today() + timedelta(days=ahead)


def test_another_day_has_to_be_said(browser, members):
    form = contact_form(subject_id=str(members["Ada"]), what="Send wording", due_on="", when="other")
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert re.search(r'<a href="#due_on">[^<]*Say by which day', answer.text)


@pytest.mark.parametrize(
    ("when", "kind", "due"),
    [
        ("month", "host_event", lambda day: day + timedelta(weeks=4)),
        ("none", "host_event", lambda day: None),
        ("month", "speak", lambda day: first_sitting_day(day + timedelta(weeks=4), [])),
    ],
)
def test_a_promise_gets_a_near_day_on_which_it_can_be_kept_once_one_is_chosen(
    world, browser, organiser, members, when, kind, due
):
    form = contact_form(
        subject_id=str(members["Ada"]), **{"commitment-1-kind": kind, "commitment-1-when": when}
    )
    assert browser.post("/contact-log/new", data=form).status_code == 303
    with world.context("neu", organiser):
        assert db.session.scalars(select(Commitment)).one().due_on == due(today())


def test_a_promise_sent_as_the_page_offers_it_has_no_day(world, browser, organiser, members):
    """Nobody named one: a day that the form made up would be overdue in partners' lists before long."""
    page = browser.get(f"/contact-log/new?person={members['Ada']}").text
    offered = re.search(r'<select[^>]*name="commitment-1-when".*?</select>', page, re.DOTALL)
    assert offered
    chosen = re.findall(r'<option[^>]*selected[^>]*value="(\w+)"', offered[0])
    form = contact_form(
        subject_id=str(members["Ada"]),
        **{"commitment-1-kind": "host_event", "commitment-1-when": chosen[0] if chosen else ""},
    )
    assert browser.post("/contact-log/new", data=form).status_code == 303
    with world.context("neu", organiser):
        assert db.session.scalars(select(Commitment)).one().due_on is None


def test_a_recess_moves_the_suggested_day_and_asks_about_a_typed_one(world, browser, organiser, members):
    suggested = today() + timedelta(weeks=4)
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(
            Recess(
                chamber="commons", name="Test recess",
                starts_on=suggested - timedelta(days=3), ends_on=suggested + timedelta(days=9),
            )
        )  # fmt: skip
        session.commit()
    form = contact_form(
        subject_id=str(members["Ada"]), **{"commitment-1-kind": "speak", "commitment-1-when": "month"}
    )
    typed = form | {"commitment-1-when": "other", "commitment-1-due_on": suggested.isoformat()}
    assert "does not sit" in browser.post("/contact-log/new", data=typed).text
    assert browser.post("/contact-log/new", data=form).status_code == 303
    with world.context("neu", organiser):
        assert db.session.scalars(select(Commitment)).one().due_on > suggested + timedelta(days=9)
