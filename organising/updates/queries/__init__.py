"""What is known of updates and of whom they reach."""

from .audience import Reach, count_reach, expand
from .updates import (
    count_reasons,
    get_drive,
    get_update_of,
    list_constituencies,
    list_recipients,
    list_updates,
    name_constituency,
    signers_of,
)

__all__ = [
    "Reach",
    "count_reach",
    "count_reasons",
    "expand",
    "get_drive",
    "get_update_of",
    "list_constituencies",
    "list_recipients",
    "list_updates",
    "name_constituency",
    "signers_of",
]
