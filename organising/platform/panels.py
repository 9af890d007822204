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


Draw = Callable[..., Panel | None]
_registered: dict[str, list[Draw]] = defaultdict(list)


def register(place: str, draw: Draw) -> Draw:
    """Have ``draw(actor, **about)`` asked for a panel wherever ``place`` is shown; once, however often said."""
    if draw not in _registered[place]:
        _registered[place].append(draw)
    return draw


def list_panels(place: str, actor: Actor, **about: Any) -> list[Panel]:
    """Every panel that there is to show, in the order in which domains registered."""
    drawn = [draw(actor, **about) for draw in _registered[place]]
    return [panel for panel in drawn if panel is not None]
