"""Units: the tree of districts, branches and local groups inside one organisation."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now, today
from ..platform.db import db, find, get_or_404
from ..platform.errors import Conflict, Invalid
from ..platform.permissions import Permission
from . import queries, terms
from .areas import KnownArea
from .models import Unit, UnitArea, UnitChange, UnitChangeKind, UnitKind
from .unit_history import lock_tree, note_change

Kind = UnitChangeKind


def create_unit(
    actor: Actor,
    name: str,
    kind: UnitKind,
    parent_id: UUID | None = None,
    *,
    code: str = "",
    areas: Collection[KnownArea] = (),
) -> Unit:
    """Add a unit below ``parent_id``, or at the top.

    Raises :class:`Invalid`, :class:`Conflict` for a name taken there or a code taken anywhere.
    """
    actor.check(Permission.UNITS_MANAGE)
    lock_tree(actor)
    _check_parent(parent_id)
    _check_free(name, parent_id, besides=None)
    _check_code(code, besides=None)
    unit = Unit(
        organisation_id=actor.organisation_id,
        name=_tidy(name),
        kind=kind,
        parent_id=parent_id,
        code=_tidy(code) or None,
    )
    db.session.add(unit)
    db.session.flush()
    _write_areas(unit, areas)
    record(actor, "unit.created", "unit", unit.id, kind=kind)
    note_change(actor, unit.id, Kind.ADDED, after={"name": unit.name})
    return unit


def rename_unit(
    actor: Actor, unit_id: UUID, name: str, kind: UnitKind | None = None, code: str | None = None
) -> bool:
    """Give a unit another name, kind or code; returns whether that changed anything.

    Raises :class:`NotFound`, :class:`Conflict`.
    """
    actor.check(Permission.UNITS_MANAGE)
    unit = get_or_404(Unit, unit_id)
    wanted = {
        "name": _tidy(name),
        "kind": str(kind or unit.kind),
        "code": unit.code if code is None else _tidy(code) or None,
    }
    before = {key: getattr(unit, key) for key in wanted}
    if before == wanted:
        return False
    if wanted["name"] != unit.name:
        _check_free(name, unit.parent_id, besides=unit.id)
    _check_code(wanted["code"] or "", besides=unit.id)
    for key, value in wanted.items():
        setattr(unit, key, value)
    record(actor, "unit.renamed", "unit", unit.id)
    note_change(actor, unit.id, Kind.RENAMED, before=before, after=wanted)
    return True


def move_unit(actor: Actor, unit_id: UUID, parent_id: UUID | None) -> bool:
    """Put a unit, with all below it, somewhere else in the tree; returns whether that changed anything.

    Raises :class:`NotFound`, :class:`Invalid` for a place below itself, :class:`Conflict` for a name taken there.
    """
    actor.check(Permission.UNITS_MANAGE)
    lock_tree(actor)
    unit = get_or_404(Unit, unit_id)
    if unit.parent_id == parent_id:
        return False
    _check_parent(parent_id)
    if parent_id in queries.list_subtree_ids(unit_id):
        raise Invalid(
            "A unit can’t stand below itself.", parent_id="Choose a unit that is not below this one."
        )
    _check_free(unit.name, parent_id, besides=unit.id)
    before, unit.parent_id = unit.parent_id, parent_id
    record(actor, "unit.moved", "unit", unit.id)
    note_change(actor, unit.id, Kind.MOVED, before=_place(before), after=_place(parent_id))
    return True


def set_areas(actor: Actor, unit_id: UUID, areas: Collection[KnownArea]) -> bool:
    """Say which areas a unit covers; returns whether that changed anything. Raises :class:`NotFound`."""
    actor.check(Permission.UNITS_MANAGE)
    unit = get_or_404(Unit, unit_id)
    before = _areas(unit_id)
    wanted = {area.gss_code: [area.kind, area.name] for area in areas}
    if before == wanted:
        return False
    _write_areas(unit, areas)
    record(actor, "unit.areas_changed", "unit", unit.id, count=len(wanted))
    note_change(actor, unit.id, Kind.AREAS_CHANGED, before={"areas": before}, after={"areas": wanted})
    return True


def close_unit(actor: Actor, unit_id: UUID) -> int:
    """Close a unit and all that is open below it: their officers' terms end today. Returns how many were closed.

    What is open in them stays, and is listed for whoever closes. Raises :class:`NotFound`, :class:`Conflict`.
    """
    actor.check(Permission.UNITS_MANAGE)
    lock_tree(actor)
    get_or_404(Unit, unit_id)
    closing = queries.list_subtree(unit_id)
    if not closing or closing[0].id != unit_id:
        raise Conflict("This unit is closed already.")
    at = now()
    ids = {unit.id for unit in closing}
    ended = terms.end_all(actor, ids, today())
    for unit in closing:
        unit.close(at)
    record(actor, "unit.closed", "unit", unit_id, units=len(closing), officers=len(ended))
    before = {"officers": {str(key): day.isoformat() if day else None for key, day in ended.items()}}
    note_change(actor, unit_id, Kind.CLOSED, before=before, after={"units": sorted(map(str, ids))})
    return len(closing)


def reopen_unit(actor: Actor, unit_id: UUID) -> bool:
    """Open a closed unit again, by itself; returns whether that changed anything.

    Raises :class:`NotFound`, :class:`Conflict` below a closed unit or where its name was taken meanwhile.
    """
    actor.check(Permission.UNITS_MANAGE)
    lock_tree(actor)
    unit = get_or_404(Unit, unit_id)
    if unit.is_open:
        return False
    _check_parent(unit.parent_id)
    _check_free(unit.name, unit.parent_id, besides=unit.id)
    unit.reopen()
    record(actor, "unit.reopened", "unit", unit.id)
    note_change(actor, unit.id, Kind.REOPENED)
    return True


def known_areas(unit_id: UUID) -> list[KnownArea]:
    """The areas that a unit covers now."""
    return [KnownArea(code, kind, name, "") for code, (kind, name) in _areas(unit_id).items()]


def undo_structure(actor: Actor, change: UnitChange) -> None:
    """Put back what one change of a unit was about. Raises :class:`Conflict` where it was changed again."""
    unit = get_or_404(Unit, change.unit_id)
    _UNDOING[Kind(change.kind)](actor, unit, change)


def _undo_added(actor: Actor, unit: Unit, change: UnitChange) -> None:
    close_unit(actor, unit.id)


def _undo_renamed(actor: Actor, unit: Unit, change: UnitChange) -> None:
    if any(getattr(unit, key) != value for key, value in change.after.items()):
        raise Conflict("The unit was renamed again meanwhile.")
    before = change.before
    rename_unit(actor, unit.id, before["name"], UnitKind(before["kind"]), before["code"] or "")


def _undo_moved(actor: Actor, unit: Unit, change: UnitChange) -> None:
    if _place(unit.parent_id)["parent_id"] != change.after["parent_id"]:
        raise Conflict("The unit was moved again meanwhile.")
    parent = change.before["parent_id"]
    move_unit(actor, unit.id, UUID(parent) if parent else None)


def _undo_areas(actor: Actor, unit: Unit, change: UnitChange) -> None:
    if _areas(unit.id) != change.after["areas"]:
        raise Conflict("The areas were changed again meanwhile.")
    back = [KnownArea(code, kind, name, "") for code, (kind, name) in change.before["areas"].items()]
    set_areas(actor, unit.id, back)


def _undo_closed(actor: Actor, unit: Unit, change: UnitChange) -> None:
    lock_tree(actor)
    _check_parent(unit.parent_id)
    _check_free(unit.name, unit.parent_id, besides=unit.id)
    ids = {UUID(key) for key in change.after["units"]}
    for one in db.session.scalars(select(Unit).where(Unit.id.in_(ids))):
        one.reopen()
    ends = {UUID(k): date.fromisoformat(v) if v else None for k, v in change.before["officers"].items()}
    terms.restore_ends(actor, ends)
    record(actor, "unit.reopened", "unit", unit.id, units=len(ids), officers=len(ends))
    note_change(actor, unit.id, Kind.REOPENED)


def _undo_reopened(actor: Actor, unit: Unit, change: UnitChange) -> None:
    close_unit(actor, unit.id)


_UNDOING = {
    Kind.ADDED: _undo_added,
    Kind.RENAMED: _undo_renamed,
    Kind.MOVED: _undo_moved,
    Kind.AREAS_CHANGED: _undo_areas,
    Kind.CLOSED: _undo_closed,
    Kind.REOPENED: _undo_reopened,
}


def _areas(unit_id: UUID) -> dict[str, Any]:
    found = queries.list_areas([unit_id]).get(unit_id, [])
    return {area.gss_code: [area.kind, area.area_name] for area in found}


def _write_areas(unit: Unit, areas: Collection[KnownArea]) -> None:
    wanted = {area.gss_code: area for area in areas}
    for kept in queries.list_areas([unit.id]).get(unit.id, []):
        if wanted.pop(kept.gss_code, None) is None:
            db.session.delete(kept)
    for area in wanted.values():
        db.session.add(
            UnitArea(
                organisation_id=unit.organisation_id,
                unit_id=unit.id,
                gss_code=area.gss_code,
                kind=area.kind,
                area_name=area.name,
            )
        )
    db.session.flush()


def _place(parent_id: UUID | None) -> dict[str, Any]:
    parent = find(Unit, parent_id) if parent_id else None
    return {"parent_id": str(parent_id) if parent_id else None, "parent": parent.name if parent else None}


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _check_parent(parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    parent = find(Unit, parent_id)
    if parent is None:
        raise Invalid("The unit above is not one of yours.", parent_id="Choose a unit from the list.")
    if not parent.is_open:
        raise Conflict(f"{parent.name} is closed. Open it again first.")


def _check_free(name: str, parent_id: UUID | None, besides: UUID | None) -> None:
    same = select(Unit.id).where(
        func.lower(Unit.name) == _tidy(name).lower(),
        Unit.parent_id.is_not_distinct_from(parent_id),
        Unit.closed_at.is_(None),
    )
    if set(db.session.scalars(same)) - {besides}:
        raise Conflict("There is a unit of this name at the same place already.")


def _check_code(code: str, besides: UUID | None) -> None:
    if code and set(db.session.scalars(select(Unit.id).where(Unit.code == _tidy(code)))) - {besides}:
        raise Conflict("Another unit has this code.", code="Each unit has a code of its own.")
