"""When a mailing leaves: at once or at a time, in daily windows, on weekdays only, so many an hour. London's clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from organising.platform.clock import LONDON

from .models import Mailing

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# A finishing time further off than this is not worth working out.
LONGEST_DAYS = 366
SATURDAY = 5


@dataclass(frozen=True)
class Schedule:
    """``send_at`` is an aware instant; ``window_from`` and ``window_until`` are times of day in London, both or neither."""

    send_at: datetime | None = None
    window_from: time | None = None
    window_until: time | None = None
    weekdays_only: bool = False
    per_hour: int | None = None

    @classmethod
    def of(cls, mailing: Mailing) -> "Schedule":
        """A mailing's schedule."""
        return cls(
            mailing.send_at,
            mailing.window_from,
            mailing.window_until,
            mailing.weekdays_only,
            mailing.per_hour,
        )

    def bound(self) -> dict[str, Any] | None:
        """What approval binds of it; ``None`` for “as soon as Send is pressed, as fast as it goes”."""
        if self == Schedule():
            return None
        return {
            "send_at": self.send_at.astimezone(UTC).isoformat() if self.send_at else None,
            "window": [self.window_from.isoformat(), self.window_until.isoformat()]
            if self.window_from and self.window_until
            else None,
            "weekdays_only": self.weekdays_only,
            "per_hour": self.per_hour,
        }

    def opens(self, moment: datetime) -> datetime:
        """The first instant from ``moment`` on, it included, at which a message may leave."""
        start = max(moment, self.send_at) if self.send_at else moment
        local = start.astimezone(LONDON)
        for day in (local.date() + DAY * number for number in range(8)):
            if not self._is_open_on(day):
                continue
            opening, closing = self._bounds(day)
            if start < closing:
                return max(start, opening)
        raise AssertionError("a week holds a weekday")

    def is_open(self, moment: datetime) -> bool:
        """Whether a message may leave at ``moment``."""
        return self.opens(moment) <= moment

    def finishes(self, start: datetime, number: int, per_hour: float | None) -> datetime | None:
        """When the last of ``number`` leaves, beginning at ``start``, at the slower of ``per_hour`` and the schedule's own.

        ``None`` where that is more than a year away. Without any rate all leave when it opens.
        """
        rates = [rate for rate in (per_hour, self.per_hour) if rate]
        at = self.opens(start)
        if not rates or number <= 1:
            return at
        left = timedelta(hours=(number - 1) / min(rates))
        while at - start < LONGEST_DAYS * DAY:
            _, closing = self._bounds(at.astimezone(LONDON).date())
            if at + left < closing:
                return at + left
            left -= closing - at
            at = self.opens(closing)
        return None

    def _is_open_on(self, day: date) -> bool:
        return not (self.weekdays_only and day.weekday() >= SATURDAY)

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        """The window of one day as instants; without a window the whole day."""
        if self.window_from and self.window_until:
            return _at(day, self.window_from), _at(day, self.window_until)
        return _at(day, time()), _at(day + DAY, time())


def _at(day: date, clock: time) -> datetime:
    """London's time of day as an instant; an hour that the clocks skip counts as the one after."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)
