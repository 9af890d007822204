"""The one clock. Instants are aware UTC; days are the campaign's, in London."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# When reminders go out: nobody's phone rings at night for one.
DAYTIME = (time(8), time(18))


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in London: follow-ups and action dates are days there, not in UTC."""
    return datetime.now(LONDON).date()


def day_of_reminders(at: datetime) -> date | None:
    """The day whose reminders go out at this instant, in London; ``None`` by night."""
    local = at.astimezone(LONDON)
    first, last = DAYTIME
    return local.date() if first <= local.time() < last else None
