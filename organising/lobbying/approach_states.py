"""The states of an approach and the steps between them: one table, from which the pages take their buttons.

``docs/approaches.md`` draws it; a test holds the drawing to this table.
"""

from enum import StrEnum


class ApproachState(StrEnum):
    IDENTIFIED = "identified"
    RESEARCHED = "researched"
    ASSIGNED = "assigned"
    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    NO_REPLY = "no_reply"
    DECLINED = "declined"
    SCHEDULED = "scheduled"
    HELD = "held"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_APPROVED = "minutes_approved"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    PAUSED = "paused_dissolution"


S = ApproachState

# Steps that a person takes. Cancelling and pausing are not among them: they can come over every open state, keep it,
# and give it back.
STEPS: dict[ApproachState, tuple[ApproachState, ...]] = {
    S.IDENTIFIED: (S.RESEARCHED, S.ASSIGNED, S.REQUESTED),
    S.RESEARCHED: (S.ASSIGNED, S.REQUESTED),
    S.ASSIGNED: (S.REQUESTED, S.SCHEDULED, S.HELD),
    S.REQUESTED: (S.ACKNOWLEDGED, S.SCHEDULED, S.NO_REPLY, S.DECLINED, S.HELD),
    S.ACKNOWLEDGED: (S.SCHEDULED, S.NO_REPLY, S.DECLINED, S.HELD),
    S.NO_REPLY: (S.REQUESTED, S.ACKNOWLEDGED, S.SCHEDULED, S.DECLINED, S.CLOSED),
    S.DECLINED: (S.REQUESTED, S.CLOSED),
    S.SCHEDULED: (S.HELD, S.REQUESTED, S.DECLINED),
    S.HELD: (S.MINUTES_DRAFT, S.FOLLOW_UP, S.CLOSED),
    S.MINUTES_DRAFT: (S.MINUTES_APPROVED, S.FOLLOW_UP),
    S.MINUTES_APPROVED: (S.FOLLOW_UP, S.CLOSED),
    S.FOLLOW_UP: (S.CLOSED,),
    S.CLOSED: (S.FOLLOW_UP,),
    S.CANCELLED: (),
    S.PAUSED: (),
}

# The reservation is let go: the answer was no, it is over, it was called off, or there is no parliament to lobby.
# Silence does not let go: who chases an office still stands before its door, until the window ends.
FREE = frozenset({S.DECLINED, S.CLOSED, S.CANCELLED, S.PAUSED})
# These hold their dates against every other partner; the database's exclusion constraint names the same.
LIVE = tuple(state for state in ApproachState if state not in FREE)
# Nothing is agreed yet: when the window ends, the reservation ends with it.
EXPIRING = (S.IDENTIFIED, S.RESEARCHED, S.ASSIGNED, S.REQUESTED, S.ACKNOWLEDGED, S.NO_REPLY)
# Still to come, so it counts towards the pressure; what took place is counted by the contact log.
PLANNED = (*EXPIRING, S.SCHEDULED)
TOOK_PLACE = (S.HELD, S.MINUTES_DRAFT, S.MINUTES_APPROVED, S.FOLLOW_UP)
# What a cancellation or a pause may come over.
OPEN = (*LIVE, S.DECLINED)


def list_steps(state: str) -> tuple[ApproachState, ...]:
    """The states that can follow this one, in the order in which their buttons stand."""
    return STEPS[ApproachState(state)]


def may_follow(before: str, after: str) -> bool:
    """Whether a person may take an approach from one state to the other."""
    return after in STEPS[ApproachState(before)]


def is_live(state: str) -> bool:
    """Whether an approach in this state holds its dates."""
    return state in LIVE


def draw() -> str:
    """The table in Markdown: state, what can follow, whether it holds its dates, whether it can expire."""
    lines = ["| state | can be followed by | holds its dates | expires |", "|---|---|---|---|"]
    for state, after in STEPS.items():
        follows = ", ".join(f"`{one}`" for one in after) or "what it was before"
        holds, ends = ("yes" if known else "–" for known in (state in LIVE, state in EXPIRING))
        lines.append(f"| `{state}` | {follows} | {holds} | {ends} |")
    return "\n".join(lines)
