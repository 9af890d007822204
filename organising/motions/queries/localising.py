"""What is known of a unit that a model text leaves open: its name, its council, its constituency and who sits for it."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from organising.motions.placeholders import COUNCIL, MEMBER, ORGANISATION, SEAT, UNIT, fill
from organising.motions.states import Forum
from organising.motions.text import MotionText
from organising.organisations.models import Unit, UnitArea, UnitKind
from organising.organisations.queries import get_own_organisation, list_areas, list_path
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, find
from organising.representatives.models import Area, AreaKind
from organising.representatives.queries import list_sitting


def fill_for_unit(actor: Actor, unit_id: UUID | None, text: MotionText) -> MotionText:
    """A model's text with its gaps filled where the unit (None: the organisation as a whole) says what belongs there."""
    return fill(text, facts_of(actor, unit_id))


def likely_forum(unit_id: UUID | None, forums: Sequence[str]) -> str:
    """To which of these kinds of body the unit would put a motion: to its own kind where that is among them."""
    unit = find(Unit, unit_id) if unit_id else None
    own = {UnitKind.DISTRICT: Forum.DISTRICT, UnitKind.NATIONAL: Forum.CONFERENCE}
    likely = own.get(UnitKind(unit.kind), Forum.BRANCH) if unit else Forum.CONFERENCE
    return likely if likely in forums else forums[0]


def facts_of(actor: Actor, unit_id: UUID | None) -> Mapping[str, str]:
    """The words for gaps. Where a unit covers several councils or constituencies nobody can tell which is meant."""
    unit = find(Unit, unit_id) if unit_id else None
    name = get_own_organisation(actor).name
    known = {ORGANISATION: name, UNIT: unit.name if unit else ""}
    if unit is not None:
        areas = _areas_of(unit)
        known[COUNCIL] = _only(one.area_name for one in areas if one.kind == AreaKind.LOCAL_AUTHORITY)
        known[SEAT] = _only(one.area_name for one in areas if one.kind == AreaKind.WESTMINSTER)
        known[MEMBER] = _member(areas)
    return {gap: words for gaps, words in known.items() for gap in gaps if words}


def _areas_of(unit: Unit) -> list[UnitArea]:
    """The unit's own areas, else those of the nearest unit above that has any."""
    path = [unit, *reversed(list_path(unit))]
    areas = list_areas([one.id for one in path])
    return next((areas[one.id] for one in path if areas.get(one.id)), [])


def _only(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else ""


def _member(areas: Iterable[UnitArea]) -> str:
    code = _only(one.gss_code for one in areas if one.kind == AreaKind.WESTMINSTER)
    if not code:
        return ""
    sitting = list_sitting(on=today()).where(Area.gss_code == code).join(Area)
    return _only(one.person.name for one in db.session.scalars(sitting.limit(2)).unique())
