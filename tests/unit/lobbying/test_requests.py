"""Requests for information: the day of the answer, and the walk through the states."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.lobbying import request_states as states
from organising.lobbying.request_days import add_working_days, easter, holidays
from organising.lobbying.request_states import RequestState

DOC = Path(__file__).resolve().parents[3] / "docs" / "requests.md"


# Counted by hand on calendars; 2025 and 2026 against the published lists of bank holidays of all nations.
@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (date(2026, 1, 5), date(2026, 2, 2)),  # no holiday between
        (date(2026, 1, 1), date(2026, 1, 30)),  # 2 January is one in Scotland
        (date(2026, 6, 1), date(2026, 6, 29)),
        (date(2026, 6, 15), date(2026, 7, 14)),  # 12 July is a Sunday: 13 July instead
        (date(2026, 3, 2), date(2026, 3, 31)),  # St Patrick's Day
        (date(2026, 3, 20), date(2026, 4, 21)),  # Good Friday and Easter Monday
        (date(2026, 4, 2), date(2026, 5, 5)),  # Easter, and May Day on 4 May
        (date(2026, 12, 1), date(2026, 12, 31)),  # Christmas, and 28 December for Boxing Day
        (date(2026, 12, 24), date(2027, 1, 27)),  # 25 and 28 December, 1 January, 4 January for the 2nd
        (date(2026, 12, 26), date(2027, 1, 27)),  # sent on a Saturday
        (date(2025, 12, 24), date(2026, 1, 27)),  # 25, 26 December, 1 and 2 January
        (date(2027, 12, 20), date(2028, 1, 21)),  # Christmas at a weekend: 27 and 28; 3 and 4 January
        (date(2025, 4, 1), date(2025, 5, 1)),  # Easter on 20 April
        (date(2024, 2, 29), date(2024, 4, 2)),  # St Patrick's on a Sunday, Good Friday, Easter Monday
    ],
)
def test_the_twentieth_working_day(sent, due):
    assert add_working_days(sent) == due


def test_easter_and_the_days_kept_instead():
    assert [easter(year) for year in (2000, 2008, 2011, 2019, 2024, 2038)] == [
        date(2000, 4, 23), date(2008, 3, 23), date(2011, 4, 24), date(2019, 4, 21), date(2024, 3, 31), date(2038, 4, 25),
    ]  # fmt: skip
    assert {date(2022, 12, 26), date(2022, 12, 27)} <= holidays(2022)
    assert {date(2022, 1, 3), date(2022, 1, 4)} <= holidays(2022)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_due_day_is_a_working_day_and_later_days_are_never_due_sooner(day):
    due = add_working_days(day)
    assert due.weekday() < 5
    assert due not in holidays(due.year)
    assert due <= add_working_days(date.fromordinal(day.toordinal() + 1))


@given(st.lists(st.sampled_from(list(RequestState)), max_size=30))
def test_a_walk_ends_in_a_known_place_and_nothing_skips_being_sent(wanted):
    state = RequestState.SENT
    for after in wanted:
        before = state
        if states.may_become(state, after):
            state = after
        assert state in states.STEPS
        if state is RequestState.COMMISSIONER and before is not state:
            assert before is RequestState.REVIEW
        if before is RequestState.WITHDRAWN and state is not before:
            assert state is RequestState.SENT


def test_the_document_shows_this_table():
    assert states.draw() in DOC.read_text()
