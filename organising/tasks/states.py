"""The states of a task as a table. Pure: the model walks it, pages ask which steps are open."""

from enum import StrEnum

from organising.platform.state_tables import draw, table


class State(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Who(StrEnum):
    """Whose step it is: anybody's who may open the task."""

    READER = "whoever may open it"


TRANSITIONS = table(
    ("finish", {State.OPEN}, State.DONE, Who.READER),
    ("reopen", {State.DONE}, State.OPEN, Who.READER),
    ("drop", {State.OPEN}, State.DROPPED, Who.READER),
    ("restore", {State.DROPPED}, State.OPEN, Who.READER),
)


def draw_tasks() -> str:
    """The states of a task as docs/tasks.md shows them."""
    return draw(State, TRANSITIONS, {State.OPEN})
