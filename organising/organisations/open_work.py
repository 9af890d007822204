"""What is open in a unit or with an officer: later domains say here what they hold, and how it goes to a successor."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..platform.actor import Actor


@dataclass(frozen=True)
class OpenItem:
    """One thing that is not done yet: what it is, where it is looked at, and who has it in hand."""

    title: str
    address: str
    at: datetime | None = None
    user_id: UUID | None = None


@dataclass(frozen=True)
class OpenWork:
    """One kind of open work. ``move`` gives what one person has in hand in a unit to another; it answers how much."""

    name: str
    list_open: Callable[[Actor, Collection[UUID]], Sequence[OpenItem]]
    move: Callable[[Actor, UUID, UUID, UUID], int]


_kinds: dict[str, OpenWork] = {}


def register_open_work(work: OpenWork) -> None:
    """Have closing a unit show this, and a hand-over move it; said again, the later one counts."""
    _kinds[work.name] = work


def list_open_work(actor: Actor, unit_ids: Collection[UUID]) -> list[OpenItem]:
    """What is open in these units, of every kind, by day."""
    found = [item for work in _kinds.values() for item in work.list_open(actor, unit_ids)]
    return sorted(found, key=lambda item: (item.at is None, item.at, item.title))


def move_open_work(actor: Actor, unit_id: UUID, leaver: UUID, successor: UUID) -> int:
    """Give what one officer has in hand in a unit to their successor; answers how much that was."""
    return sum(work.move(actor, unit_id, leaver, successor) for work in _kinds.values())
