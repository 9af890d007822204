"""The list of units: the tree, or what is found in it by name, code, area or officer."""

from collections.abc import Sequence

from ..platform.actor import Actor
from ..platform.errors import Invalid
from ..platform.pagination import Page
from ..platform.permissions import Permission
from . import queries
from .queries import UnitInTree

SIZE = 100


def find_units(actor: Actor, words: str = "", kind: str = "", *, closed: bool = False) -> list[UnitInTree]:
    """The units in the order of the tree; every word has to be in the name, the code, an area or an officer's name."""
    units = queries.list_units(closed=closed)
    if kind:
        units = [one for one in units if one.unit.kind == kind]
    if not words:
        return units
    sought = words.casefold().split()
    areas = queries.list_areas()
    names: dict[object, str] = {}
    if actor.can(Permission.OFFICERS_VIEW):
        for officer in queries.list_present_officers():
            names[officer.unit_id] = f"{names.get(officer.unit_id, '')} {officer.name}"

    def told(one: UnitInTree) -> str:
        covered = " ".join(area.area_name for area in areas.get(one.unit.id, []))
        parts = (one.unit.name, one.unit.code or "", covered, names.get(one.unit.id, ""))
        return " ".join(parts).casefold()

    return [one for one in units if all(word in told(one) for word in sought)]


def list_page(units: Sequence[UnitInTree], cursor: str | None) -> Page[UnitInTree]:
    """One page of them. Raises :class:`Invalid` for a cursor that is none."""
    if cursor and not cursor.isdigit():
        raise Invalid("This page address is damaged. Start again from the first page.")
    start = int(cursor or 0)
    after = start + SIZE
    return Page(units[start:after], str(after) if after < len(units) else None, start == 0)
