"""Units: the tree of districts, branches and local groups inside one organisation."""

from uuid import UUID

from sqlalchemy import func, select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db, find, get_or_404
from ..platform.errors import Conflict, Invalid
from ..platform.permissions import Permission
from .models import Unit, UnitKind


def create_unit(actor: Actor, name: str, kind: UnitKind, parent_id: UUID | None = None) -> Unit:
    """Add a unit below ``parent_id``, or at the top.

    Raises :class:`Invalid`, :class:`Conflict` for a name taken there.
    """
    actor.check(Permission.UNITS_MANAGE)
    if parent_id is not None and find(Unit, parent_id) is None:
        raise Invalid("The unit above is not one of yours.", parent_id="Choose a unit from the list.")
    _check_free(name, parent_id, besides=None)
    unit = Unit(organisation_id=actor.organisation_id, name=_tidy(name), kind=kind, parent_id=parent_id)
    db.session.add(unit)
    db.session.flush()
    record(actor, "unit.created", "unit", unit.id, kind=kind)
    return unit


def rename_unit(actor: Actor, unit_id: UUID, name: str) -> bool:
    """Give a unit another name; returns whether that changed anything.

    Raises :class:`NotFound`, :class:`Conflict`.
    """
    actor.check(Permission.UNITS_MANAGE)
    unit = get_or_404(Unit, unit_id)
    if unit.name == _tidy(name):
        return False
    _check_free(name, unit.parent_id, besides=unit.id)
    unit.name = _tidy(name)
    record(actor, "unit.renamed", "unit", unit.id)
    return True


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _check_free(name: str, parent_id: UUID | None, besides: UUID | None) -> None:
    same = select(Unit.id).where(
        func.lower(Unit.name) == _tidy(name).lower(), Unit.parent_id.is_not_distinct_from(parent_id)
    )
    if set(db.session.scalars(same)) - {besides}:
        raise Conflict("There is a unit of this name at the same place already.")
