"""Days told from the day on which a test runs, not from that on which its file was read: a run may pass midnight."""

from datetime import timedelta
from typing import Any

from organising.platform.clock import today


def dated(fields: dict[str, Any]) -> dict[str, Any]:
    """Form fields with every ``timedelta`` in them turned into that day from today, as a form sends it."""
    return {
        name: (today() + value).isoformat() if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
