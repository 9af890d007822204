"""Panels: what a later domain adds to an earlier one's page, without the earlier one knowing it.

A domain registers a function for a place; the page of that place asks for all panels and shows them.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .actor import Actor


@dataclass(frozen=True)
class Panel:
    """A titled list of facts, safe for whoever may open the page: ``(words, value)`` each. ``as_of``: when counted."""

    title: str
    facts: tuple[tuple[str, str], ...]
    note: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True)
class NextStep:
    """What somebody may do next, on a page for everybody: where the link leads, its words, and a sentence before it."""

    title: str
    words: str
    label: str
    href: str


Draw = Callable[..., Panel | None]
Suggest = Callable[..., NextStep | None]
_registered: dict[str, list[Draw]] = defaultdict(list)
_suggested: dict[str, list[Suggest]] = defaultdict(list)


def register(place: str, draw: Draw) -> Draw:
    """Have ``draw(actor, **about)`` asked for a panel wherever ``place`` is shown; once, however often said."""
    if draw not in _registered[place]:
        _registered[place].append(draw)
    return draw


def list_panels(place: str, actor: Actor, **about: Any) -> list[Panel]:
    """Every panel that there is to show, in the order in which domains registered."""
    drawn = [draw(actor, **about) for draw in _registered[place]]
    return [panel for panel in drawn if panel is not None]


def register_step(place: str, suggest: Suggest) -> Suggest:
    """Have ``suggest(**about)`` asked for a next step wherever ``place`` is shown; once, however often said."""
    if suggest not in _suggested[place]:
        _suggested[place].append(suggest)
    return suggest


def list_steps(place: str, **about: Any) -> list[NextStep]:
    """Every step that can be taken now: a domain with nothing open suggests none."""
    found = [suggest(**about) for suggest in _suggested[place]]
    return [step for step in found if step is not None]
