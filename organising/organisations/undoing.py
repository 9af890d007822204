"""Undoing the latest change of a unit or of its officers, or all that a list did: what was before is put back, and the
history says so."""

from collections import defaultdict
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, get_or_404
from ..platform.errors import Conflict, Invalid, NotFound
from ..platform.many import among
from ..platform.permissions import Permission
from . import officers, units
from .models import Unit, UnitChange, UnitChangeKind, UnitImport
from .open_work import list_open_work
from .queries import list_subtree
from .unit_history import find_latest, lock_tree

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
    _put_back(actor, change)
    return change


def undo_list(actor: Actor, unit_import_id: UUID) -> list[str]:
    """Undo what a list did, unit by unit, the last first; answers the names of those that were left as they are.

    A unit is left where anything was changed since, where work is open in it, or where a unit stays below it. Raises
    :class:`NotFound`, :class:`Conflict` where the list was not written or is undone already.
    """
    actor.check(Permission.UNITS_MANAGE)
    lock_tree(actor)
    found = get_or_404(UnitImport, unit_import_id)
    if found.applied_at is None or found.undone_at is not None:
        raise Conflict(_("There is nothing of this list to undo."))
    done = select(UnitChange).where(
        UnitChange.unit_import_id == unit_import_id, UnitChange.undone_at.is_(None)
    )
    theirs: dict[UUID, list[UnitChange]] = defaultdict(list)
    for change in db.session.scalars(done.order_by(UnitChange.created_at.desc(), UnitChange.id)):
        theirs[change.unit_id].append(change)
    # Those entered last first: what stands below goes before what it stands below.
    left = [unit_id for unit_id, changes in theirs.items() if not _undo_unit(actor, unit_id, changes)]
    found.undone_at, found.undone_label = now(), actor.author_label
    record(actor, "units.import_undone", "unit_import", found.id, units=len(theirs), left=len(left))
    names = select(Unit.name).where(among(Unit.id, left)).order_by(Unit.name)
    return list(db.session.scalars(names)) if left else []


def _undo_unit(actor: Actor, unit_id: UUID, changes: list[UnitChange]) -> bool:
    """Whether all that a list did to one unit was put back; none of it is where one thing can't be."""
    latest = find_latest(unit_id)
    if latest is None or latest.id not in {change.id for change in changes}:
        return False
    opened = (UnitChangeKind.ADDED, UnitChangeKind.REOPENED)
    if any(change.kind in opened for change in changes) and (
        len(list_subtree(unit_id)) > 1 or list_open_work(actor, [unit_id])
    ):
        return False
    try:
        with db.session.begin_nested():
            for change in changes:
                _put_back(actor, change)
    except (Conflict, Invalid):
        return False
    return True


def _put_back(actor: Actor, change: UnitChange) -> None:
    if change.kind in OF_OFFICERS:
        officers.undo_officers(actor, change)
    else:
        units.undo_structure(actor, change)
    change.undone_at = now()
