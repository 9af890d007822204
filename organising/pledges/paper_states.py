"""The states of a batch of paper signatures as a table, and who may use which verb.

Pure: no database, no request. The model walks this table; services and pages ask it who may.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..platform.actor import Actor
from ..platform.permissions import Permission


class BatchState(StrEnum):
    CAPTURED = "captured"
    KEYED = "keyed"
    SUBMITTED = "submitted"
    SAMPLED = "sampled"
    ACCEPTED = "accepted"
    RETURNED = "returned"


S = BatchState

# Rows and photographs may still be put right.
OPEN = frozenset({S.CAPTURED, S.KEYED, S.RETURNED})
# It is with whoever checks it.
WITH_CHECKER = frozenset({S.SUBMITTED, S.SAMPLED})


class Who(StrEnum):
    """Whose step it is."""

    KEYER = "keyer"
    CHECKER = "checker"


@dataclass(frozen=True)
class Transition:
    """``verb`` leads from any of ``sources`` to ``target``."""

    verb: str
    sources: frozenset[BatchState]
    target: BatchState
    who: Who


def _row(verb: str, sources: set[BatchState], target: BatchState, who: Who) -> tuple[str, Transition]:
    return verb, Transition(verb, frozenset(sources), target, who)


TRANSITIONS: dict[str, Transition] = dict(
    (
        _row("key", {S.CAPTURED, S.RETURNED}, S.KEYED, Who.KEYER),
        _row("submit", {S.KEYED, S.RETURNED}, S.SUBMITTED, Who.KEYER),
        _row("call_back", {S.SUBMITTED}, S.KEYED, Who.KEYER),
        _row("draw", {S.SUBMITTED}, S.SAMPLED, Who.CHECKER),
        _row("accept", {S.SAMPLED}, S.ACCEPTED, Who.CHECKER),
        _row("return", set(WITH_CHECKER), S.RETURNED, Who.CHECKER),
        _row("take_back", {S.ACCEPTED}, S.SAMPLED, Who.CHECKER),
    )
)


@dataclass(frozen=True)
class Standing:
    """How a person stands to a batch of their organisation: within reach (an officer: the own unit's), and
    partly their own work (begun, keyed or sent in by them)."""

    in_reach: bool
    is_author: bool


def may(actor: Actor, verb: str, standing: Standing) -> bool:
    """Whether the actor may use a verb, whatever the state. Nobody checks a batch that they worked on."""
    if TRANSITIONS[verb].who is Who.KEYER:
        return actor.can(Permission.PAPER_KEY) and standing.in_reach
    return actor.can(Permission.PAPER_CHECK) and not standing.is_author


def may_read_rows(actor: Actor, state: str, standing: Standing) -> bool:
    """Whether the actor may read names and photographs: an officer until the batch is accepted, then no more."""
    if not actor.can(Permission.PAPER_KEY) or not standing.in_reach:
        return False
    return state != S.ACCEPTED or actor.can(Permission.SIGNERS_VIEW)
