"""What we write of events is what the library icalendar writes of them, byte for byte."""

from hypothesis import given, settings
from hypothesis import strategies as st

from organising.calendars.ical import Entry, write_calendar
from tests.support.calendars import TEXTS, by_the_library, times


@st.composite
def entries(draw) -> Entry:
    starts_at, ends_at, all_day = draw(times())
    return Entry(
        uid=str(draw(st.uuids())),
        sequence=draw(st.integers(1, 500)),
        changed_at=draw(times())[0],
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        status=draw(st.sampled_from(["TENTATIVE", "CONFIRMED", "CANCELLED"])),
        summary=draw(TEXTS),
        location=draw(st.one_of(st.just(""), TEXTS)),
        lines=tuple(draw(st.lists(TEXTS, max_size=4))),
        category=draw(TEXTS),
        url=draw(st.sampled_from(["", "https://campaign.example/actions/" + "a" * 36])),
    )


@settings(max_examples=200, deadline=None, database=None)
@given(TEXTS, st.lists(entries(), max_size=5))
def test_a_calendar_is_written_as_the_library_writes_it(name, written):
    assert write_calendar(name, written) == by_the_library(name, written)
