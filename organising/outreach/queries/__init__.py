"""What is known of mailings to contacts and of whom they reach."""

from .audience import (
    Reach,
    contacts_in_question,
    count_frozen,
    count_reach,
    expand,
    find_segment,
    is_charity,
    judged,
)
from .mailings import (
    count_reasons,
    get_about,
    list_left_out,
    list_mailings,
    list_messages,
    name_area,
    names_of,
    purposes_of,
)

__all__ = [
    "Reach",
    "contacts_in_question",
    "count_frozen",
    "count_reach",
    "count_reasons",
    "expand",
    "find_segment",
    "get_about",
    "is_charity",
    "judged",
    "list_left_out",
    "list_mailings",
    "list_messages",
    "name_area",
    "names_of",
    "purposes_of",
]
