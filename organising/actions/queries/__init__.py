"""Reading actions."""

from .choices import find_last_area, list_own_units, list_possible_leads
from .reading import (
    AUTHORING,
    UNCOUNTED,
    ActionRecord,
    Filters,
    Totals,
    When,
    find_detail,
    find_report,
    get_record,
    list_actions,
    list_asks_of,
    list_events,
    standing_to,
    sum_totals,
    visible,
)
from .waiting import ActionsToday, list_to_approve, mine, today_items

__all__ = [
    "AUTHORING",
    "UNCOUNTED",
    "ActionRecord",
    "ActionsToday",
    "Filters",
    "Totals",
    "When",
    "find_detail",
    "find_last_area",
    "find_report",
    "get_record",
    "list_actions",
    "list_asks_of",
    "list_events",
    "list_own_units",
    "list_possible_leads",
    "list_to_approve",
    "mine",
    "standing_to",
    "sum_totals",
    "today_items",
    "visible",
]
