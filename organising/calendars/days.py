"""Days, weeks and months as calendars show them: weeks begin on Monday. Pure."""

from calendar import Calendar, monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from organising.platform.clock import LONDON

DAY = timedelta(days=1)
# Further than any action may be planned or told of.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"
    LIST = "list"


@dataclass(frozen=True)
class Stretch:
    """The days that a page shows, ``first`` to ``last`` inclusive, and where its arrows lead."""

    view: View
    on: date
    first: date
    last: date
    before: date
    after: date

    @property
    def begins(self) -> datetime:
        """The instant in which the first day begins in London."""
        return datetime.combine(self.first, time.min, LONDON)

    @property
    def ends(self) -> datetime:
        """The instant in which the day after the last begins."""
        return datetime.combine(self.last + DAY, time.min, LONDON)

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[list[date]]:
        """Its days by sevens."""
        days = self.days
        return [days[n : n + 7] for n in range(0, len(days), 7)]


def read_day(text: str | None, today: date) -> date:
    """A day from an address; today for what is none or out of all reach."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if FIRST_YEAR <= day.year < LAST_YEAR else today


def stretch(view: View, on: date) -> Stretch:
    """The month or week that a day lies in; a list begins with the day."""
    if view is View.MONTH:
        weeks = Calendar().monthdatescalendar(on.year, on.month)
        first = on.replace(day=1)
        after = first + timedelta(days=monthrange(on.year, on.month)[1])
        return Stretch(view, on, weeks[0][0], weeks[-1][-1], (first - DAY).replace(day=1), after)
    if view is View.WEEK:
        first = on - timedelta(days=on.weekday())
        return Stretch(view, on, first, first + 6 * DAY, first - 7 * DAY, first + 7 * DAY)
    return Stretch(view, on, on, on, on - 28 * DAY, on + 28 * DAY)


def month_itself(on: date) -> Stretch:
    """The days of a month without its neighbours'."""
    whole = stretch(View.MONTH, on)
    return replace(whole, first=on.replace(day=1), last=whole.after - DAY)


def time_on(day: date, starts_at: datetime, ends_at: datetime, all_day: bool) -> str:
    """When on this day it is, as a calendar says it; nothing where it takes the whole day."""
    start, end = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
    if all_day:
        return ""
    if start.date() == day:
        return f"{start:%H:%M}"
    return f"–{end:%H:%M}" if end.date() == day else ""
