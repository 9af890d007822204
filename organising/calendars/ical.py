"""Actions as iCalendar (RFC 5545). Pure: no database, no request.

Times are written as UTC instants. An action is one event and never recurs, so that no time zone has to be told with it;
and the hour that comes twice when the clocks go back cannot be told apart in local time. All-day actions are days.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import ClassVar

from icalendar import Calendar, Event
from icalendar.prop import vText

from organising.platform.clock import LONDON

PRODUCT = "-//Organising//Actions//EN"
CONTENT_TYPE = "text/calendar; charset=utf-8"
# How often calendars are asked to come again.
EVERY = "PT1H"
# What some readers take for the end of a line, and what no text may contain (RFC 5545, 3.3.11: no controls but a tab).
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Entry:
    """One event as it is written. ``status`` is iCalendar's; ``lines`` make the description."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    status: str
    summary: str
    location: str
    lines: tuple[str, ...]
    category: str
    url: str


class _Text(vText):
    r"""A text of which every character comes back: icalendar takes a written ``\N`` for a line's end."""

    _ESCAPES: ClassVar[dict[int, str]] = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})

    def to_ical(self) -> bytes:
        return str(self).translate(self._ESCAPES).encode()


def plain(text: str) -> str:
    """A text as a calendar takes it: every kind of line's end as one, and no control characters."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))


def digest_of(name: str, entries: Iterable[Entry]) -> str:
    """The same for the same calendar, and known without writing it."""
    digest = hashlib.sha256(name.encode())
    for entry in entries:
        digest.update(repr(entry).encode())
    return digest.hexdigest()


def write_calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """A whole calendar."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for naming in ("name", "x-wr-calname"):
        calendar.add(naming, _Text(plain(name)))
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("x-published-ttl", EVERY)
    head, end, _ = calendar.to_ical().partition(b"END:VCALENDAR")
    return b"".join((head, *(_event(entry) for entry in entries), end, b"\r\n"))


# A feed changes by an action or two between two fetches, and partners' feeds hold the same ones.
@lru_cache(maxsize=8_192)
def _event(entry: Entry) -> bytes:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", entry.status)
    event.add("summary", _Text(plain(entry.summary)))
    if entry.all_day:
        first, after = entry.starts_at.astimezone(LONDON).date(), entry.ends_at.astimezone(LONDON).date()
        event.add("dtstart", first)
        event.add("dtend", max(after, first + timedelta(days=1)))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
    if entry.location:
        event.add("location", _Text(plain(entry.location)))
    event.add("description", _Text(plain("\n".join(entry.lines))))
    event.add("categories", [entry.category])
    if entry.url:
        event.add("url", entry.url)
    return event.to_ical()
