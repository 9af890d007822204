"""When a mailing may leave, by London's clock, over the days on which the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.mailings.schedule import Schedule
from organising.platform.clock import LONDON


def at(text: str) -> datetime:
    """An instant, written as London's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


OFFICE = Schedule(window_from=time(9), window_until=time(17), weekdays_only=True)


@pytest.mark.parametrize(
    ("schedule", "moment", "opens"),
    [
        (Schedule(), "2026-11-25T03:00", "2026-11-25T03:00"),
        (Schedule(send_at=at("2026-12-01T10:00")), "2026-11-25T03:00", "2026-12-01T10:00"),
        (Schedule(send_at=at("2026-11-01T10:00")), "2026-11-25T03:00", "2026-11-25T03:00"),
        (OFFICE, "2026-11-25T03:00", "2026-11-25T09:00"),
        (OFFICE, "2026-11-25T12:34", "2026-11-25T12:34"),
        (OFFICE, "2026-11-25T17:00", "2026-11-26T09:00"),
        (OFFICE, "2026-11-27T17:00", "2026-11-30T09:00"),
        (Schedule(weekdays_only=True), "2026-11-28T12:00", "2026-11-30T00:00"),
        # The clocks go back on 25 October 2026 and forward on 28 March 2027: the window keeps London's hours.
        (Schedule(window_from=time(9), window_until=time(10)), "2026-10-24T11:00", "2026-10-25T09:00"),
        (Schedule(window_from=time(9), window_until=time(10)), "2027-03-27T11:00", "2027-03-28T09:00"),
    ],
)
def test_when_it_opens(schedule: Schedule, moment: str, opens: str) -> None:
    assert schedule.opens(at(moment)) == at(opens)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.booleans(),
    st.integers(0, 22),
    st.integers(1, 23),
)
def test_it_opens_once_and_stays_open(moment: datetime, weekdays: bool, start: int, length: int) -> None:
    until = min(start + length, 23)
    if start >= until:
        return
    schedule = Schedule(window_from=time(start), window_until=time(until), weekdays_only=weekdays)
    opening = schedule.opens(moment)
    assert opening >= moment
    assert schedule.opens(opening) == opening
    assert opening - moment <= timedelta(days=4)
    local = opening.astimezone(LONDON)
    # An hour that the clocks skip counts as the one after.
    assert time(start) <= local.time() < time(until) or (local.date().month, local.hour) == (3, 2)
    assert not (weekdays and local.weekday() >= 5)


@pytest.mark.parametrize(
    ("schedule", "number", "per_hour", "ends"),
    [
        (Schedule(), 650, None, "2026-11-25T08:00"),
        (Schedule(per_hour=60), 1, None, "2026-11-25T08:00"),
        (Schedule(per_hour=60), 61, None, "2026-11-25T09:00"),
        (Schedule(per_hour=600), 61, 30.0, "2026-11-25T10:00"),
        (OFFICE, 650, 60.0, "2026-11-26T11:49"),
        (Schedule(window_from=time(9), window_until=time(10), per_hour=1), 10_000, None, None),
    ],
)
def test_when_it_is_over(schedule: Schedule, number: int, per_hour: float | None, ends: str | None) -> None:
    finished = schedule.finishes(at("2026-11-25T08:00"), number, per_hour)
    assert finished == (at(ends) if ends else None)


def test_every_part_of_it_is_bound_by_approval() -> None:
    whole = Schedule(at("2026-12-01T10:00"), time(9), time(17), True, 60)
    bound = [Schedule().bound(), whole.bound()]
    for change in (
        {"send_at": None},
        {"window_from": time(10)},
        {"window_until": time(18)},
        {"weekdays_only": False},
        {"per_hour": 61},
    ):
        changed = Schedule(**(vars(whole) | change)).bound()
        assert changed not in bound
        bound.append(changed)
    assert Schedule().bound() is None
