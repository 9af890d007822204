"""Reading the contact log, positions and follow-ups."""

from organising.lobbying.queries.follow_ups import (
    FollowUpRow,
    get_follow_up,
    list_follow_ups,
    list_person_follow_ups,
)
from organising.lobbying.queries.log import (
    Filters,
    Pressure,
    get_engagement,
    list_recent,
    measure_pressure,
    select_log,
)
from organising.lobbying.queries.members import Seat, list_seats, was_in_office
from organising.lobbying.queries.positions import (
    AskPosition,
    CurrentPosition,
    Standing,
    WhipCount,
    count_whip,
    derive_position,
    list_positions,
    side_of,
)
from organising.lobbying.queries.timeline import TimelineEntry, annotate, list_timeline
from organising.lobbying.queries.today import TodayItems, today_items

__all__ = [
    "AskPosition",
    "CurrentPosition",
    "Filters",
    "FollowUpRow",
    "Pressure",
    "Seat",
    "Standing",
    "TimelineEntry",
    "TodayItems",
    "WhipCount",
    "annotate",
    "count_whip",
    "derive_position",
    "get_engagement",
    "get_follow_up",
    "list_follow_ups",
    "list_person_follow_ups",
    "list_positions",
    "list_recent",
    "list_seats",
    "list_timeline",
    "measure_pressure",
    "select_log",
    "side_of",
    "today_items",
    "was_in_office",
]
