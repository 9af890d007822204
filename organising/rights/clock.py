"""When an answer is due: one calendar month, counted as the Information Commissioner counts it.

UK GDPR article 12(3) and 12A (Data (Use and Access) Act 2025, section 76). The month runs from the day of receipt to the
same day of the next month; where that month is shorter, to its last day; where that is no working day, to the next one.
While proof of identity is awaited nothing runs: the month begins on the day on which it came. Days on which clarification
is awaited do not count. It may be extended by two months, with the reason told within the first.

Only days that are bank holidays in every part of the United Kingdom put it off: to answer early is no fault.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from organising.lobbying.request_days import easter

MONTHS, MONTHS_MORE = 1, 2
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Pause:
    """Something was awaited. ``restarts``: proof of identity, from whose arrival the month begins anew."""

    started_on: date
    ended_on: date | None
    restarts: bool


@dataclass(frozen=True)
class Times:
    """The clock of one request."""

    received_on: date
    pauses: tuple[Pause, ...] = ()
    is_extended: bool = False

    @property
    def waits_for(self) -> Pause | None:
        """The pause that lasts, or ``None`` where the clock runs."""
        return next((one for one in self.pauses if one.ended_on is None), None)

    @property
    def begins_on(self) -> date:
        """The day from which the month counts."""
        return max(
            [self.received_on, *(one.ended_on for one in self.pauses if one.restarts and one.ended_on)]
        )

    @property
    def days_stood(self) -> int:
        """Days since the month began on which clarification was awaited."""
        return sum(
            max(0, (one.ended_on - max(one.started_on, self.begins_on)).days)
            for one in self.pauses
            if not one.restarts and one.ended_on
        )

    @property
    def due_on(self) -> date | None:
        """The last day to answer on; ``None`` while something is awaited."""
        return None if self.waits_for else self._after(MONTHS + MONTHS_MORE * self.is_extended)

    @property
    def extend_until(self) -> date | None:
        """The last day on which an extension can be told: within the first month."""
        return None if self.waits_for else self._after(MONTHS)

    def days_left(self, on: date) -> int | None:
        """Days until it is due, negative once it is late; ``None`` while something is awaited."""
        return None if self.due_on is None else (self.due_on - on).days

    def _after(self, months: int) -> date:
        day = add_months(self.begins_on, months) + self.days_stood * DAY
        while day.weekday() >= SATURDAY or day in common_holidays(day.year):
            day += DAY
        return day


def add_months(day: date, months: int) -> date:
    """The corresponding day of a later month, or its last where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@cache
def common_holidays(year: int) -> frozenset[date]:
    """Bank holidays of all parts of the United Kingdom: New Year, Good Friday, two in May, Christmas and the day after."""
    found = {easter(year) - 2 * DAY, _monday(date(year, 5, 1)), _monday(date(year, 5, 25))}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= SATURDAY or day in found:
            day += DAY
        found.add(day)
    return frozenset(found)


def _monday(day: date) -> date:
    return day + (-day.weekday()) % 7 * DAY
