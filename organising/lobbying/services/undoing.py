"""The way back from a change of something pursued: from the last one only, and twice is once."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models.pursued import Pursued, Snapshot
from organising.platform.errors import Conflict, NotFound


class Line(Protocol):
    """A line of the history of something pursued."""

    id: UUID

    @property
    def before(self) -> Snapshot | None: ...
    @property
    def is_undo(self) -> bool: ...
    @property
    def is_undoable(self) -> bool: ...


Change = TypeVar("Change", bound=Line)


def is_undoable(change: Line) -> bool:
    """Whether this kind of change can be put back in one step."""
    return change.is_undoable


def find_undoable(changes: Sequence[Change]) -> Change | None:
    """The last of these changes, the latest first, where it can be put back."""
    return changes[0] if changes and changes[0].is_undoable else None


def put_back_last(pursued: Pursued, changes: Sequence[Line], change_id: UUID) -> Snapshot | None:
    """Take back the named change, if it is the last one; ``changes``: the latest first.

    Returns what stood until now, or None where it is put back already. Raises NotFound, and Conflict where something
    has changed since.
    """
    named = next((one for one in changes if one.id == change_id), None)
    if named is None:
        raise NotFound
    if changes[0].is_undo and len(changes) > 1 and changes[1].id == change_id:
        return None
    if changes[0].id != change_id or not named.is_undoable:
        raise Conflict(_("Something else has changed since. Look at the history, and set what is right."))
    assert named.before is not None
    until_now = pursued.snapshot()
    pursued.put_back(named.before)
    return until_now
