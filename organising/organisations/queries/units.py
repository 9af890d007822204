"""Reading units: the tree, what is below one of them, and how far somebody's work reaches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from ...platform.actor import Actor
from ...platform.clock import today
from ...platform.db import db
from ...platform.many import among
from ..models import Unit, UnitArea, UnitChange, UnitOfficer


@dataclass(frozen=True)
class UnitInTree:
    """A unit with its depth (0 at the top), in the order in which a reader walks the tree."""

    unit: Unit
    depth: int
    officers: int


def list_units(*, closed: bool = False) -> list[UnitInTree]:
    """The organisation's units as a tree, siblings by name; closed ones where asked for."""
    children: dict[UUID | None, list[Unit]] = {}
    for unit in db.session.scalars(select(Unit).order_by(func.lower(Unit.name), Unit.id)):
        if closed or unit.is_open:
            children.setdefault(unit.parent_id, []).append(unit)
    officers = count_officers()
    found: list[UnitInTree] = []

    def walk(parent: UUID | None, depth: int) -> None:
        for unit in children.get(parent, []):
            found.append(UnitInTree(unit, depth, officers.get(unit.id, 0)))
            walk(unit.id, depth + 1)

    walk(None, 0)
    return found


def count_officers() -> dict[UUID, int]:
    """How many present officers each unit has, of those whom the session may see."""
    day = today()
    present = (
        select(UnitOfficer.unit_id, func.count())
        .where(
            UnitOfficer.removed_at.is_(None),
            UnitOfficer.starts_on <= day,
            or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on >= day),
        )
        .group_by(UnitOfficer.unit_id)
    )
    return dict(db.session.execute(present).all())


def list_subtree(unit_id: UUID, *, closed: bool = False) -> list[Unit]:
    """A unit and all that is below it, the unit first; those that stand open unless closed ones are asked for."""
    units = db.session.scalars(
        select(Unit).where(Unit.id.in_(_below(unit_id))).order_by(func.lower(Unit.name), Unit.id)
    )
    found = [unit for unit in units if closed or unit.is_open]
    return sorted(found, key=lambda unit: unit.id != unit_id)


def list_subtree_ids(unit_id: UUID) -> frozenset[UUID]:
    """The ids of a unit and all that is below it, closed ones too."""
    return frozenset(db.session.scalars(_below(unit_id)))


def _below(unit_id: UUID) -> Select[UUID]:
    below = select(Unit.id).where(Unit.id == unit_id).cte("below", recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return select(below.c.id)


def list_reach(actor: Actor) -> frozenset[UUID] | None:
    """The units that the actor's work is limited to: an officer's own, an organiser's subtree; ``None`` for all."""
    if actor.unit_id is not None:
        return frozenset({actor.unit_id})
    if actor.subtree_id is not None:
        return list_subtree_ids(actor.subtree_id)
    return None


def in_reach(actor: Actor, unit_id: UUID | None) -> bool:
    """Whether the actor may work with what belongs to this unit; with no unit, it is the whole organisation's."""
    reach = list_reach(actor)
    return reach is None or unit_id in reach


def within_reach(actor: Actor, column: Any) -> ColumnElement[bool]:
    """The same as a condition on a column of units' ids."""
    reach = list_reach(actor)
    return true() if reach is None else among(column, reach)


def list_units_in_reach(actor: Actor) -> list[UnitInTree]:
    """The open units that the actor may work with, as a tree that begins at the top of their reach."""
    reach = list_reach(actor)
    units = list_units()
    if reach is None:
        return units
    kept = [one for one in units if one.unit.id in reach]
    top = min((one.depth for one in kept), default=0)
    return [UnitInTree(one.unit, one.depth - top, one.officers) for one in kept]


def list_areas(unit_ids: Collection[UUID] | None = None) -> dict[UUID, list[UnitArea]]:
    """The areas that units cover, by unit; those of all where none are named."""
    statement = select(UnitArea).order_by(func.lower(UnitArea.area_name))
    if unit_ids is not None:
        statement = statement.where(among(UnitArea.unit_id, unit_ids))
    found: dict[UUID, list[UnitArea]] = {}
    for area in db.session.scalars(statement):
        found.setdefault(area.unit_id, []).append(area)
    return found


def list_path(unit: Unit) -> list[Unit]:
    """The units above one, the topmost first."""
    above: list[Unit] = []
    seen = {unit.id}
    parent_id = unit.parent_id
    while parent_id is not None and parent_id not in seen:
        parent = db.session.scalars(select(Unit).where(Unit.id == parent_id)).one()
        above.append(parent)
        seen.add(parent.id)
        parent_id = parent.parent_id
    return above[::-1]


def list_changes(unit_id: UUID, *, limit: int = 50) -> Sequence[UnitChange]:
    """A unit's history, newest first."""
    return db.session.scalars(
        select(UnitChange)
        .where(UnitChange.unit_id == unit_id)
        .order_by(UnitChange.created_at.desc(), UnitChange.id)
        .limit(limit)
    ).all()
