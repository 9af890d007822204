"""By when a body has to answer a request for information: the twentieth working day after it came in.

Freedom of Information Act 2000, s. 10(1) and (6): no Saturday, Sunday, Christmas Day, Good Friday, nor bank holiday under the
Banking and Financial Dealings Act 1971 in any part of the United Kingdom. Freedom of Information (Scotland) Act 2002, s. 10 and
73 (``working day``): 20 as well, of the days that are not bank holidays in Scotland; the longer count of the 2000 Act is used
for all, so a Scottish body's day can be earlier by the holidays of other nations. Holidays that are proclaimed for one
year alone are not known here, which is why pages say “at the latest about”.
"""

from datetime import date, timedelta
from functools import cache

WORKING_DAYS = 20
DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous computus, as in Meeus, “Astronomical Algorithms”)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, left = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, over = divmod(rest, 4)
    week = (32 + 2 * left + 2 * quarter - moon - over) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Bank holidays of that year in any part of the United Kingdom, with the days kept instead of weekends."""
    sunday = easter(year)
    may, august = date(year, 5, 1), date(year, 8, 1)
    found = {
        sunday - 2 * DAY,
        sunday + DAY,
        _monday(may),
        _monday(date(year, 5, 25)),
        _monday(august),
        _monday(date(year, 8, 25)),
    }
    # New Year with 2 January (Scotland), St Patrick's Day and 12 July (Northern Ireland), St Andrew's Day, Christmas.
    for first in (
        date(year, 1, 1),
        date(year, 1, 2),
        date(year, 3, 17),
        date(year, 7, 12),
        date(year, 11, 30),
        date(year, 12, 25),
        date(year, 12, 26),
    ):
        found.add(_kept_on(first, found))
    # Christmas Day itself is no working day whatever is kept instead of it; nor is Saturday or Sunday.
    return frozenset(found)


def is_working_day(day: date) -> bool:
    """Whether the day counts."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def add_working_days(day: date, number: int = WORKING_DAYS) -> date:
    """The day that many working days later; the first one counted is the one after ``day``."""
    while number:
        day += DAY
        number -= is_working_day(day)
    return day


def _monday(day: date) -> date:
    """The first Monday on or after a day."""
    return day + (MONDAY - day.weekday()) % 7 * DAY


def _kept_on(day: date, taken: set[date]) -> date:
    """The day itself, or the first weekday after it that is no holiday yet."""
    while day.weekday() >= SATURDAY or day in taken:
        day += DAY
    return day
