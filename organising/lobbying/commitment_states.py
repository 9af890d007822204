"""What a promise may become. One table: pages, services and docs/commitments.md follow it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class CommitmentState(StrEnum):
    """``withdrawn``: we no longer ask for it, or it was entered by mistake. ``lapsed``: its time ended with nobody at fault."""

    ASKED = "asked"
    CONSIDERING = "considering"
    PROMISED = "promised"
    DELIVERED = "delivered"
    DECLINED = "declined"
    BROKEN = "broken"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


S = CommitmentState

# Still to be answered or kept: these are chased, and overdue once their day has passed.
OPEN = (S.ASKED, S.CONSIDERING, S.PROMISED)
# What a promise can be when it is first written down.
FIRST = (S.ASKED, S.CONSIDERING, S.PROMISED, S.DECLINED)

STEPS: Mapping[CommitmentState, tuple[CommitmentState, ...]] = {
    S.ASKED: (S.CONSIDERING, S.PROMISED, S.DELIVERED, S.DECLINED, S.LAPSED, S.WITHDRAWN),
    S.CONSIDERING: (S.ASKED, S.PROMISED, S.DELIVERED, S.DECLINED, S.LAPSED, S.WITHDRAWN),
    S.PROMISED: (S.CONSIDERING, S.DELIVERED, S.DECLINED, S.BROKEN, S.LAPSED, S.WITHDRAWN),
    # The evidence was wrong.
    S.DELIVERED: (S.PROMISED,),
    # They thought again.
    S.DECLINED: (S.ASKED, S.CONSIDERING, S.PROMISED, S.DELIVERED),
    # Kept late, or given more time.
    S.BROKEN: (S.PROMISED, S.DELIVERED),
    S.LAPSED: (S.ASKED, S.CONSIDERING, S.PROMISED, S.DELIVERED),
    S.WITHDRAWN: (S.ASKED, S.CONSIDERING, S.PROMISED),
}


def may_become(before: str, after: str) -> bool:
    """Whether one step leads from a state to another."""
    return after in STEPS[CommitmentState(before)]


def is_overdue(state: str, due_on: date | None, on: date) -> bool:
    """Whether the day is past and nothing has settled it; without a day nothing is overdue."""
    return state in OPEN and due_on is not None and due_on < on


def draw() -> str:
    """The table in words, as docs/commitments.md holds it: one row a state."""
    lines = ["| from | may become |", "|---|---|"]
    lines += [f"| {state} | {', '.join(after)} |" for state, after in STEPS.items()]
    return "\n".join(lines)
