"""The one clock. Instants are aware UTC; days are the campaign's, in London."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in London: follow-ups and action dates are days there, not in UTC."""
    return datetime.now(LONDON).date()
