"""How many are known to have come to an action: told by a later domain, which this one does not know, and proposed in its report."""

from collections.abc import Callable
from dataclasses import dataclass

from .models import BranchAction


@dataclass(frozen=True)
class Known:
    """A number, and the sentence that says where it comes from."""

    number: int
    source: str


Tell = Callable[[BranchAction], Known | None]
_told_by: list[Tell] = []


def register_attendance(tell: Tell) -> Tell:
    """Have ``tell`` asked for the number wherever a report begins; once, however often said."""
    if tell not in _told_by:
        _told_by.append(tell)
    return tell


def find_known(action: BranchAction) -> Known | None:
    """The first number that somebody knows."""
    return next((known for tell in _told_by if (known := tell(action)) is not None), None)
