"""The motion that an action of that kind is about: its outcome is one fact, kept with the motion and told from either page.

Motions are a later domain: it registers how its motions are found and told, and this one asks.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from organising.platform.actor import Actor

from .models import BranchAction
from .states import Kind


class LinkedMotion(NamedTuple):
    """A motion that an action is about. ``outcome``: what became of it, where that was told."""

    motion_id: UUID
    outcome: str | None


Find = Callable[[UUID], LinkedMotion | None]
Tell = Callable[[Actor, BranchAction, str], None]
_registered: list[tuple[Find, Tell]] = []


def register_motions(find: Find, tell: Tell) -> None:
    """Have ``find(action_id)`` asked for an action's motion, and ``tell(actor, action, outcome)`` called by its report."""
    if (find, tell) not in _registered:
        _registered.append((find, tell))


def find_motion(action: BranchAction) -> LinkedMotion | None:
    """The motion of an action of that kind, where it is linked with one."""
    if action.kind != Kind.MOTION:
        return None
    return next((found for find, _tell in _registered if (found := find(action.id)) is not None), None)


def tell_motion(actor: Actor, action: BranchAction, outcome: str | None) -> None:
    """Pass on what a report says of the motion. Raises :class:`Invalid` where its own page says something else."""
    if not outcome or find_motion(action) is None:
        return
    for _find, tell in _registered:
        tell(actor, action, outcome)
