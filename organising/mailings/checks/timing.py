"""When a mailing would leave, and what lies in the way: recesses, a dissolution, and how long it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from organising.platform.ui import long_datetime, longdate

from .findings import Finding, Group, Page

# A mailing that takes longer is read over days, and its news may be old by its end.
LONG = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """A recess from its first to its last day, or a dissolution from its day on."""

    name: str
    starts_on: date
    ends_on: date | None = None


def check_timing(
    begins_at: datetime, ends_at: datetime | None, recesses: Sequence[Span], dissolved: Sequence[Span]
) -> Iterator[Finding]:
    """``ends_at`` is ``None`` where the last would leave more than a year later."""
    for one in dissolved:
        yield _finding(
            "dissolution",
            _l("%(name)s is dissolved on %(day)s. Nothing leaves to its members from that day on.", name=one.name, day=longdate(one.starts_on)),
            _l("Let it leave earlier, or faster."),
        )  # fmt: skip
    for one in recesses:
        yield _finding(
            "recess",
            _l(
                "%(name)s, %(first)s to %(last)s. Fewer people read mail in a recess.",
                name=one.name,
                first=longdate(one.starts_on),
                last=longdate(one.ends_on),
            ),
            _l("Let it leave when they are back, unless it is about the recess."),
        )
    if ends_at is None:
        yield _finding(
            "never_over",
            _l("At this pace the last would leave more than a year later."),
            _l("Allow more an hour, or a longer window."),
        )
    elif ends_at - begins_at > LONG:
        yield _finding(
            "takes_days",
            _l("The first leaves on %(first)s, the last on %(last)s.", first=long_datetime(begins_at), last=long_datetime(ends_at)),
            _l("Allow more an hour if it has to be read sooner."),
        )  # fmt: skip


def _finding(code: str, words: object, fix: object) -> Finding:
    return Finding(code, Group.TIMING, words, fix, page=Page.SCHEDULE)
