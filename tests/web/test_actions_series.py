"""An action that comes again: rows of their own, at the time of day by London's clock."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from organising.actions.models import (
    ActionDetail,
    BranchAction,
    Every,
)
from organising.actions.services import Plan, list_days
from organising.actions.services.series import on_day
from organising.platform.clock import LONDON
from tests.support.actions import plan_fields, state_of, version_of


def test_a_series_is_rows_of_their_own_changed_one_by_one_or_all_that_follow(world):
    officer = world.user("neu", "officer")
    browser = world.browser(officer)
    answer = browser.post("/actions/new", data=plan_fields(repeat="week", occurrences="4"))
    assert answer.status_code == 303, answer.text
    first = answer.location.split("?")[0]
    assert "3 more come after it" in browser.get(first).text
    with world.context("neu") as session:
        actions = list(session.scalars(select(BranchAction).order_by(BranchAction.starts_at)))
        days = [one.starts_at.astimezone(LONDON).date() for one in actions]
        assert [(day - days[0]).days for day in days] == [0, 7, 14, 21]
        assert {one.state for one in actions} == {"scheduled"}
        assert len({row.series_id for row in session.scalars(select(ActionDetail))}) == 1
        second = actions[1].id
    page = browser.get(f"/actions/{second}/edit").text
    moved = plan_fields(
        title="By the fountain",
        day=(days[1] + timedelta(days=1)).isoformat(),
        starts="10:00",
        version=version_of(page),
    )
    assert browser.post(f"/actions/{second}/edit", data=moved | {"follow": "following"}).status_code == 303
    with world.context("neu") as session:
        actions = list(session.scalars(select(BranchAction).order_by(BranchAction.starts_at)))
        assert [one.title for one in actions] == ["Stall at the market", *["By the fountain"] * 3]
        starts = [one.starts_at.astimezone(LONDON) for one in actions]
        assert [(one.date() - days[0]).days for one in starts] == [0, 8, 15, 22]
        assert [one.hour for one in starts] == [11, 10, 10, 10]
        last, third = actions[3].id, actions[2]
        version = str(third.version)
    off = {"version": version, "follow": "y", "comment": "Snow"}
    assert browser.post(f"/actions/{third.id}/cancellation", data=off).status_code == 303
    assert (state_of(world, third.id), state_of(world, last), state_of(world, second)) == (
        "cancelled",
        "cancelled",
        "scheduled",
    )
    wrong = browser.post("/actions/new", data=plan_fields(repeat="week", occurrences="53"))
    assert wrong.status_code == 422


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    first=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    every=st.sampled_from(Every),
    start=st.times(),
    minutes=st.integers(1, 2_000),
)
def test_a_series_keeps_the_time_of_day_by_london_s_clock(first, every, start, minutes):
    begins = datetime.combine(first, start.replace(tzinfo=None, microsecond=0), LONDON)
    plan = Plan("stall", "Stall", begins, begins + timedelta(minutes=minutes), "Alderwick")
    days = list_days(first, every, 14)
    assert days[0] == first
    assert days == sorted(set(days))
    if every is Every.MONTH:
        assert all(day.day == first.day or (day + timedelta(days=1)).day == 1 for day in days)
    else:
        assert {day.weekday() for day in days} == {first.weekday()}
    if every.startswith("month"):
        assert len({(day.year, day.month) for day in days}) == 14
    for day in days:
        moved = on_day(plan, day)
        shown = moved.starts_at.astimezone(LONDON)
        assert moved.ends_at > moved.starts_at
        # But for the night in which the clocks change, when that time may not be.
        there = datetime.combine(day, time(4), LONDON).utcoffset()
        before = datetime.combine(day, time(0), LONDON).utcoffset()
        if there == before:
            assert (shown.date(), shown.time()) == (day, plan.starts_at.astimezone(LONDON).time())
