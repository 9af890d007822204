"""The clock of the rights desk."""

from datetime import date

import pytest

from organising.rights.clock import Pause, Times, add_months

CLOCK = [
    # Received, pauses, extended, due: a plain month; no such day in it; Saturday; Christmas; 29 February.
    (date(2026, 9, 3), (), False, date(2026, 10, 5)),
    (date(2026, 10, 31), (), False, date(2026, 11, 30)),
    (date(2026, 11, 25), (), False, date(2026, 12, 29)),
    (date(2027, 12, 1), (), False, date(2028, 1, 4)),
    (date(2028, 1, 31), (), False, date(2028, 2, 29)),
    (date(2026, 9, 3), (), True, date(2026, 12, 3)),
    # Identity: the month begins when the proof came. Clarification: the days do not count.
    (date(2026, 9, 3), (Pause(date(2026, 9, 4), date(2026, 9, 10), True),), False, date(2026, 10, 12)),
    (date(2026, 9, 3), (Pause(date(2026, 9, 4), date(2026, 9, 10), False),), False, date(2026, 10, 9)),
    (
        date(2026, 9, 3),
        (Pause(date(2026, 9, 4), date(2026, 9, 10), False), Pause(date(2026, 9, 8), date(2026, 9, 14), True)),
        False,
        date(2026, 10, 14),
    ),
    (date(2026, 9, 3), (Pause(date(2026, 9, 4), None, False),), False, None),
]


@pytest.mark.parametrize(("received", "pauses", "extended", "due"), CLOCK)
def test_the_clock_counts_as_the_commissioner_does(received, pauses, extended, due):
    assert Times(received, pauses, extended).due_on == due


def test_months_end_where_they_end():
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 11, 15), 14) == date(2028, 1, 15)
