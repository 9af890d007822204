"""The states of a call as a table, whose step each is, and what a unit can answer.

Pure: no database, no request. The model walks this table; services and pages ask it who may.
"""

from datetime import timedelta
from enum import StrEnum

from organising.platform.actor import Actor
from organising.platform.permissions import Permission
from organising.platform.state_tables import draw, table

# So long mail waits before it leaves, so that a slip can be taken back.
UNDO_WINDOW = timedelta(minutes=2)
# No officer is written to about one call more often than this, whoever presses the button.
QUIET_DAYS = 3


class State(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    DOING = "doing"
    NOT_US = "not_us"
    NEED_HELP = "need_help"


# What the grid calls a unit that has said nothing.
SILENT = "silent"
S = State


class Who(StrEnum):
    """Whose step it is."""

    ORGANISER = "organiser"
    CLOCK = "clock"


# A step without a target leads back to the state before it was called off.
TRANSITIONS = table(
    ("publish", {S.DRAFT}, S.OPEN, Who.ORGANISER),
    ("take_back", {S.OPEN}, S.DRAFT, Who.ORGANISER),
    ("close", {S.OPEN}, S.CLOSED, Who.ORGANISER),
    ("expire", {S.OPEN}, S.CLOSED, Who.CLOCK),
    ("reopen", {S.CLOSED}, S.OPEN, Who.ORGANISER),
    ("withdraw", {S.DRAFT, S.OPEN, S.CLOSED}, S.WITHDRAWN, Who.ORGANISER),
    ("restore", {S.WITHDRAWN}, None, Who.ORGANISER),
)


def draw_calls() -> str:
    """The states of a call as docs/calls.md shows them."""
    return draw(State, TRANSITIONS, {S.DRAFT})


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor may take this step with a call of their organisation, whatever its state."""
    if TRANSITIONS[verb].who is Who.CLOCK:
        return actor.role is None
    return actor.can(Permission.CALLS_MANAGE)


def open_verbs(actor: Actor, state: str) -> frozenset[str]:
    """The steps that both state and role leave open."""
    return frozenset(verb for verb, step in TRANSITIONS.items() if state in step.sources and may(actor, verb))
