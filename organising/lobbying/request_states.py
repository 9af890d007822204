"""What a request for information may become. One table: pages, services and docs/requests.md follow it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class RequestState(StrEnum):
    """``review``: the body looks at its own answer again. ``commissioner``: a complaint lies with the commissioner."""

    SENT = "sent"
    ANSWERED = "answered"
    PARTLY_ANSWERED = "partly_answered"
    REFUSED = "refused"
    REVIEW = "review"
    COMMISSIONER = "commissioner"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


S = RequestState

# Waiting for the body itself: overdue once the day has passed.
WAITING = (S.SENT, S.REVIEW)
# An answer of some kind: it can show where an ask stands, and says what the body wrote.
REPLIES = (S.ANSWERED, S.PARTLY_ANSWERED, S.REFUSED)
LIVE = (S.SENT, S.REVIEW, S.COMMISSIONER)

STEPS: Mapping[RequestState, tuple[RequestState, ...]] = {
    # No answer at all is a ground for a review, too.
    S.SENT: (*REPLIES, S.REVIEW, S.WITHDRAWN),
    S.ANSWERED: (S.REVIEW, S.CLOSED),
    S.PARTLY_ANSWERED: (S.REVIEW, S.CLOSED),
    S.REFUSED: (S.REVIEW, S.CLOSED),
    S.REVIEW: (*REPLIES, S.COMMISSIONER, S.WITHDRAWN),
    S.COMMISSIONER: (*REPLIES, S.CLOSED, S.WITHDRAWN),
    # Closed or withdrawn too early.
    S.CLOSED: (S.REVIEW,),
    S.WITHDRAWN: (S.SENT,),
}


def may_become(before: str, after: str) -> bool:
    """Whether one step leads from a state to another."""
    return after in STEPS[RequestState(before)]


def is_overdue(state: str, due_on: date, on: date) -> bool:
    """Whether the body had to answer before this day and did not."""
    return state in WAITING and due_on < on


def draw() -> str:
    """The table in words, as docs/requests.md holds it: one row a state."""
    lines = ["| from | may become |", "|---|---|"]
    lines += [f"| {state} | {', '.join(after)} |" for state, after in STEPS.items()]
    return "\n".join(lines)
