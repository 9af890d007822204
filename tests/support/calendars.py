"""Texts and times that are awkward to write into a calendar."""

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from organising.calendars.ical import plain
from organising.platform.clock import LONDON, now


def _last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, 1, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


@cache
def changes() -> list[datetime]:
    """01:00 UTC on the last Sundays of March and October: the instants in which London's clocks change."""
    year = now().year
    return [_last_sunday(each, month) for each in range(year + 1, year + 6) for month in (3, 10)]


AWKWARD = "\\;,:\"'\n\r\t\v\f\x1c\x7f\x85\u2028\u2029 nN=^<>&%éß漢😀\u200d\u202eŵ"
# What together means something else than each by itself.
TOGETHER = (
    r"C:\New",
    r"\n",
    r"\N",
    r"\,",
    r"\;",
    "\\\\",
    "\r\n",
    "\nEND:VEVENT\n",
    "\n BEGIN:VALARM",
    "a" * 80,
)
PIECES = st.one_of(
    st.sampled_from(AWKWARD),
    st.sampled_from(TOGETHER),
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=60).map("".join).filter(lambda text: plain(text).strip())


@st.composite
def times(draw) -> tuple[datetime, datetime, bool]:
    """Around a change of the clocks or anywhere, for minutes or over midnight; or whole days across it."""
    edge = draw(st.sampled_from(changes()))
    if draw(st.booleans()):
        edge += timedelta(minutes=draw(st.integers(-100_000, 500_000)))
    start = edge + timedelta(minutes=draw(st.integers(-180, 180)))
    if not draw(st.booleans()):
        return start, start + timedelta(minutes=draw(st.integers(1, 4_000))), False
    first = start.astimezone(LONDON).date()
    last = first + timedelta(days=draw(st.integers(1, 4)))
    midnight = datetime.min.time()
    return (
        datetime.combine(first, midnight, LONDON).astimezone(UTC),
        datetime.combine(last, midnight, LONDON).astimezone(UTC),
        True,
    )
