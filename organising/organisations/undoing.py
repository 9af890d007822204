"""Undoing the latest change of a unit or of its officers: what was before is put back, and the history says so."""

from uuid import UUID

from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db
from ..platform.errors import Conflict, NotFound
from ..platform.permissions import Permission
from . import officers, units
from .models import UnitChange, UnitChangeKind
from .unit_history import find_latest

OF_OFFICERS = frozenset(
    {
        UnitChangeKind.OFFICER_ADDED,
        UnitChangeKind.OFFICER_EDITED,
        UnitChangeKind.OFFICER_ENDED,
        UnitChangeKind.HANDED_OVER,
    }
)


def undo(actor: Actor, unit_id: UUID, change_id: UUID) -> UnitChange:
    """Undo the latest change of a unit.

    Raises :class:`NotFound`, :class:`Conflict` where it was undone, is not the latest, or can't be put back.
    """
    actor.check(Permission.UNITS_MANAGE)
    found = select(UnitChange).where(UnitChange.id == change_id, UnitChange.unit_id == unit_id)
    change = db.session.scalars(found.with_for_update()).one_or_none()
    if change is None:
        raise NotFound
    latest = find_latest(unit_id)
    if change.undone_at is not None or latest is None or latest.id != change.id:
        raise Conflict("Only the latest change can be undone.")
    if change.kind in OF_OFFICERS:
        officers.undo_officers(actor, change)
    else:
        units.undo_structure(actor, change)
    change.undone_at = now()
    return change
