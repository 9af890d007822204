"""What is refused, what lists show and cost, and the demo."""

import re
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text

from organising.actions import services
from organising.actions.models import BranchAction
from organising.actions.services import Outcome
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.errors import Invalid
from tests.support.actions import a_past, a_plan, plan_fields, planned
from tests.support.days import dated


class Counted:
    """How many statements the database was sent."""

    statements = 0


@pytest.fixture
def count_statements(app):
    @contextmanager
    def counting():
        counted = Counted()

        def count(*_):
            counted.statements += 1

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield counted
        finally:
            event.remove(engine, "before_cursor_execute", count)

    return counting


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": "10:59"}, "The end has to be after the start"),
        ({"ends": "11:00"}, "The end has to be after the start"),
        ({"starts": ""}, "Give the start too"),
        ({"day": timedelta(days=740)}, "within the next two years"),
        ({"day": timedelta(days=-1)}, "That day is over"),
        ({"day": "0026-01-01"}, "That day is over"),
        ({"day": "tomorrow"}, "Not a valid date value"),
        ({"title": " "}, "Give it a title"),
        ({"kind": "riot"}, "Not a valid choice"),
        ({"asks": str(uuid4())}, "a valid choice"),
    ],
)
def test_impossible_plans_are_refused_with_what_was_typed(world, changes, field):
    browser = world.browser(world.user("neu", "officer"))
    answer = browser.post("/actions/new", data=plan_fields(**dated(changes)))
    assert answer.status_code == 422
    assert field in answer.text
    assert "Bring the banner" in answer.text
    with world.context("neu") as session:
        assert session.scalar(select(func.count(BranchAction.id))) == 0


@pytest.mark.parametrize("number", ["-1", "100001", "many", ""])
def test_impossible_counts_are_refused(world, number):
    browser = world.browser(world.user("neu", "officer"))
    fields = {
        "kind": "stall",
        "day": today().isoformat(),
        "area": "Alderwick",
        "paper_pledges": number,
        "follow_ups": "Kept",
    }
    answer = browser.post("/actions/report", data=fields)
    assert answer.status_code == 422
    assert "field--wrong" in answer.text
    assert "Kept" in answer.text


def test_a_report_of_tomorrow_is_refused_and_the_most_is_a_hundred_thousand(world):
    browser = world.browser(world.user("neu", "officer"))
    fields = {"kind": "stall", "day": today().isoformat(), "area": "Alderwick", "paper_pledges": "100,000"}
    answer = browser.post("/actions/report", data=fields | {"day": (today() + timedelta(days=1)).isoformat()})
    assert answer.status_code == 422
    assert "still to come" in answer.text
    assert browser.post("/actions/report", data=fields).status_code == 303


def test_the_list_filters_pages_and_counts_few_statements(world, app, count_statements):
    officer, praxis = world.user("neu", "officer"), world.user("praxis", "organiser")
    with world.context("neu", officer) as session:
        for n in range(30):
            plan = a_past(title=f"Stall {n:02}", area="Alderwick" if n % 2 else "100% Fernmouth")
            services.report_past_action(officer, plan, Outcome(paper_pledges=n, attendance=2), uuid4())
        session.commit()
    planned(world, praxis, "praxis", submit=False, title="A secret draft")
    browser = world.browser(world.user("liberty", "coordinator"))
    with count_statements() as counted:
        page = browser.get("/actions?when=past").text
    assert counted.statements < 20, counted.statements
    assert page.count("<tr") == 26
    assert ">435<" in page
    assert ">60<" in page
    assert "A secret draft" not in page
    following = re.search(r'href="([^"]*cursor=[^"]*)"', page).group(1).replace("&amp;", "&")
    assert browser.get(following).text.count("<tr") == 6
    page = browser.get("/actions?when=past&area=%25").text
    assert page.count("<tr") == 16
    assert 'value="%"' in page
    assert browser.get("/actions?when=past&state=nonsense&kind=riot&organisation=x").text.count("<tr") == 26
    assert browser.get("/actions?cursor=nonsense").status_code == 422
    action_page = re.search(r'href="(/actions/[0-9a-f-]{36})"', page).group(1)
    with count_statements() as counted:
        assert browser.get(action_page).status_code == 200
    assert counted.statements < 20


def test_an_hour_that_the_clock_skips_is_refused_like_any_other_end_before_its_start(world):
    officer = world.user("neu", "officer")
    at = datetime(2026, 3, 1, tzinfo=LONDON)
    night = datetime(2026, 3, 29, tzinfo=LONDON)
    with world.context("neu", officer) as session:
        plan = a_plan(starts_at=night.replace(hour=1, minute=30), ends_at=night.replace(hour=2))
        with pytest.raises(Invalid):
            services.plan_action(officer, plan, at=at)
        plan = a_plan(starts_at=night.replace(minute=30), ends_at=night.replace(hour=2, minute=30))
        action = services.plan_action(officer, plan, at=at)
        session.flush()
        assert (action.ends_at - action.starts_at) == timedelta(hours=1)


def test_what_the_database_itself_refuses(world):
    officer = world.user("neu", "officer")
    action_id = planned(world, officer)
    for broken in (
        "state = 'elsewhere'",
        "ends_at = starts_at",
        "paper_pledges = 100001",
        "attendance = -1",
        "shared_at = NULL",
        "state = 'cancelled'",
        "kind = 'riot'",
    ):
        with (
            world.context("neu", officer) as session,
            pytest.raises(Exception, match="violates check constraint"),
        ):
            session.execute(text(f"UPDATE branch_action SET {broken} WHERE id = :id"), {"id": action_id})


def test_the_demo_is_the_same_each_time_and_holds_every_state(world):
    from organising.actions import demo
    from organising.actions.states import State

    states = set()
    for slug, roles in (
        ("neu", ("officer", "organiser")),
        ("praxis", ("organiser",)),
        ("liberty", ("coordinator",)),
    ):
        authors = [world.user(slug, role) for role in roles]
        approver = world.user(slug, "deputy" if slug == "liberty" else "admin")
        with world.context(slug, approver) as session:
            assert demo.seed(slug, authors, approver) == len(demo.SCRIPTS[slug])
            assert demo.seed(slug, authors, approver) == 0
            services.finish_past_actions(approver)
            session.commit()
            own = BranchAction.organisation_id == approver.organisation_id
            states |= set(session.scalars(select(BranchAction.state).where(own)))
    assert states == set(State)
    assert sum(map(len, demo.SCRIPTS.values())) == 25
