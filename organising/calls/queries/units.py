"""Units to ask and their officers: who is in reach of the actor, and to whom each unit's mail goes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from organising.calls.models import CallUnit
from organising.organisations.models import Unit, UnitOfficer
from organising.organisations.queries import (
    Officer,
    UnitInTree,
    list_areas,
    list_present_officers,
    within_reach,
)
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.many import among


@dataclass(frozen=True)
class UnitFilter:
    """Which units to show for choosing. Empty means any."""

    below: UUID | None = None
    kind: str | None = None
    area: str | None = None
    text: str = ""

    @property
    def is_any(self) -> bool:
        return not (self.below or self.kind or self.area or self.text)


def filter_units(units: Sequence[UnitInTree], wanted: UnitFilter) -> list[UnitInTree]:
    """Those that fit: a unit and all below it, of one kind, covering an area, with these letters in the name."""
    below = _below(units, wanted.below) if wanted.below else None
    letters = wanted.text.strip().casefold()
    areas = list_areas([one.unit.id for one in units]) if wanted.area else {}
    return [
        one
        for one in units
        if (below is None or one.unit.id in below)
        and (not wanted.kind or one.unit.kind == wanted.kind)
        and (not wanted.area or any(area.gss_code == wanted.area for area in areas.get(one.unit.id, ())))
        and letters in one.unit.name.casefold()
    ]


def list_area_choices(units: Sequence[UnitInTree]) -> list[tuple[str, str]]:
    """The areas that these units cover, by name: code and name."""
    found = {
        area.gss_code: area.area_name
        for areas in list_areas([one.unit.id for one in units]).values()
        for area in areas
    }
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _below(units: Sequence[UnitInTree], top: UUID) -> set[UUID]:
    """A unit and everything below it: parents stand before their children in the tree's order."""
    found = {top}
    for one in units:
        if one.unit.parent_id in found:
            found.add(one.unit.id)
    return found


def reachable(actor: Actor) -> ColumnElement[bool]:
    """That a unit asked is one that the actor may work with: an organiser can be limited to a part of the tree."""
    return within_reach(actor, CallUnit.unit_id)


def officers_of(unit_ids: Collection[UUID]) -> dict[UUID, list[Officer]]:
    """The present officers of these units, the one to write to first; one statement however many there are."""
    found: dict[UUID, list[Officer]] = defaultdict(list)
    if unit_ids:
        for officer in list_present_officers(unit_ids):
            found[officer.unit_id].append(officer)
    return found


def find_present(unit_id: UUID, officer_id: UUID) -> Officer | None:
    """An officer, while they hold their office in this unit."""
    return next((one for one in officers_of([unit_id]).get(unit_id, []) if one.id == officer_id), None)


def find_own_office(actor: Actor) -> Officer | None:
    """The office that a signed-in officer holds in their own unit."""
    if actor.unit_id is None or actor.user_id is None:
        return None
    present = officers_of([actor.unit_id]).get(actor.unit_id, [])
    return next((one for one in present if one.user_id == actor.user_id), None)


def units_with_address() -> Select[UUID]:
    """The units that have an officer with an address now, for conditions of other statements."""
    day = today()
    return select(UnitOfficer.unit_id).where(
        UnitOfficer.removed_at.is_(None),
        UnitOfficer.starts_on <= day,
        or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on >= day),
        or_(UnitOfficer.user_id.is_not(None), UnitOfficer.email_cipher.is_not(None)),
    )


def unit_ids_named(letters: str) -> ColumnElement[bool]:
    """That a unit has an officer whose name holds these letters. Names are sealed, so they are read here."""
    sought = letters.casefold()
    named = {one.unit_id for one in list_present_officers() if sought in one.name.casefold()}
    return among(CallUnit.unit_id, named)


def asked_units(call_id: UUID) -> set[UUID]:
    """The units that a call asks."""
    return set(db.session.scalars(select(CallUnit.unit_id).where(CallUnit.call_id == call_id)))


def unit_name(unit_id: UUID) -> str:
    """A unit's name."""
    return db.session.scalars(select(Unit.name).where(Unit.id == unit_id)).one()
