"""Where files hang: a domain that links to files says so once, and files then know who may open one and which nobody needs.

``register_use(Use("actions", used=find_used, may_see=may_see))`` in the domain's ``held.py``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from ..platform.actor import Actor


@dataclass(frozen=True)
class Use:
    """One domain's links. ``used``: those of the files that hang somewhere; ``may_see``: whether the actor may open one there."""

    name: str
    used: Callable[[Collection[UUID]], set[UUID]]
    may_see: Callable[[Actor, UUID], bool]


_uses: dict[str, Use] = {}


def register_use(use: Use) -> Use:
    """Have files ask this domain too; said again, the later one counts."""
    _uses[use.name] = use
    return use


def find_used(file_ids: Collection[UUID]) -> set[UUID]:
    """Those that hang anywhere."""
    return set().union(*(use.used(file_ids) for use in _uses.values())) if file_ids else set()


def is_shown_somewhere(actor: Actor, file_id: UUID) -> bool:
    """Whether a page that the actor may open shows it."""
    return any(use.may_see(actor, file_id) for use in _uses.values())
