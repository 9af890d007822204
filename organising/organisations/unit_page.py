"""What a unit's page tells, to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ..platform.actor import Actor
from ..platform.clock import now, today
from ..platform.db import get_or_404
from ..platform.permissions import Permission
from . import queries
from .models import Unit, UnitArea, UnitChange
from .queries import Officer, UnitInTree
from .unit_history import find_latest


@dataclass(frozen=True)
class UnitRecord:
    """One unit with its place, officers, areas and history. Officers and history only for those who work with them."""

    unit: Unit
    path: list[Unit]
    below: list[UnitInTree]
    areas: list[UnitArea]
    sees_officers: bool
    present: list[Officer]
    coming: list[Officer]
    former: list[Officer]
    invited: dict[UUID, str]
    changes: Sequence[UnitChange]
    undoable_id: UUID | None
    officer_names: dict[UUID, str]


def read_unit(actor: Actor, unit_id: UUID) -> UnitRecord:
    """A unit's page. Raises :class:`NotFound`."""
    unit = get_or_404(Unit, unit_id)
    sees = actor.can(Permission.OFFICERS_VIEW) and queries.in_reach(actor, unit_id)
    officers = queries.list_unit_officers(unit_id) if sees else []
    day = today()
    latest = find_latest(unit_id) if actor.can(Permission.UNITS_MANAGE) else None
    return UnitRecord(
        unit,
        queries.list_path(unit),
        [one for one in queries.list_units(closed=not unit.is_open) if one.unit.parent_id == unit_id],
        queries.list_areas([unit_id]).get(unit_id, []),
        sees,
        [one for one in officers if one.is_present(day)],
        [one for one in officers if one.starts_on > day],
        sorted(_over(officers, day), key=lambda one: one.ends_on or day, reverse=True),
        _invited(actor),
        queries.list_changes(unit_id) if sees else [],
        latest.id if latest else None,
        {one.id: one.name for one in officers},
    )


def _over(officers: list[Officer], day: date) -> list[Officer]:
    return [one for one in officers if one.ends_on is not None and one.ends_on < day]


def _invited(actor: Actor) -> dict[UUID, str]:
    """How the invitations of officers stand, for those who send them: ``open``, ``refused``, ``expired``."""
    if not actor.can(Permission.MEMBERS_MANAGE):
        return {}
    at = now()
    return {
        one.officer_id: "refused" if one.refusal_code else one.state(at)
        for one in reversed(queries.list_pending_invitations())
        if one.officer_id is not None
    }
