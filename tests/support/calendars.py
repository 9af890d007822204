"""Texts and times for calendars that are awkward to write down, and a library that writes them."""

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st
from icalendar import Calendar, Event
from icalendar.prop import vText

from organising.calendars.ical import EVERY, PRODUCT, Entry, plain
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


class _Text(vText):
    r"""icalendar takes a written ``\N`` for a line's end; of a text of ours every character comes back."""

    def to_ical(self) -> bytes:
        escaped = str(self).replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
        return escaped.replace("\n", r"\n").encode()


def _text(text: str) -> _Text:
    return _Text(plain(text))


def by_the_library(name: str, written: list[Entry]) -> bytes:
    """The calendar of these events as the library icalendar writes it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for naming in ("name", "x-wr-calname"):
        calendar.add(naming, _text(name))
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("x-published-ttl", EVERY)
    for entry in written:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    for name in ("dtstamp", "last-modified"):
        event.add(name, entry.changed_at.astimezone(UTC))
    for name in ("uid", "sequence", "status"):
        event.add(name, getattr(entry, name))
    if entry.all_day:
        first, after = (at.astimezone(LONDON).date() for at in (entry.starts_at, entry.ends_at))
        event.add("dtstart", first)
        event.add("dtend", max(after, first + timedelta(days=1)))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
    texts = {
        "summary": entry.summary,
        "location": entry.location,
        "description": "\n".join(entry.lines),
        "categories": entry.category,
    }
    for name, text in texts.items():
        if text or name != "location":
            event.add(name, _text(text))
    if entry.url:
        event.add("url", entry.url)
    return event
