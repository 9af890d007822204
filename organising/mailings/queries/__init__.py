"""What is known of mailings and their messages."""

from organising.mailings.queries.candidates import (
    candidates,
    count_candidates,
    count_choices,
    list_candidates,
)
from organising.mailings.queries.mailings import (
    common_values,
    count_by_state,
    get_mailing,
    get_own,
    lead_of,
    list_mailings,
    list_waiting_for,
    name_of,
    sender_of,
)
from organising.mailings.queries.outbox import (
    count_deliveries,
    count_domains,
    count_refusals,
    has_unsettled,
    list_absent,
    list_deliveries,
    list_to_look_at,
    list_unsettled,
    names_of,
)
from organising.mailings.queries.sign_offs import list_sign_offs

__all__ = [
    "candidates",
    "common_values",
    "count_by_state",
    "count_candidates",
    "count_choices",
    "count_deliveries",
    "count_domains",
    "count_refusals",
    "get_mailing",
    "get_own",
    "has_unsettled",
    "lead_of",
    "list_absent",
    "list_candidates",
    "list_deliveries",
    "list_mailings",
    "list_sign_offs",
    "list_to_look_at",
    "list_unsettled",
    "list_waiting_for",
    "name_of",
    "names_of",
    "sender_of",
]
