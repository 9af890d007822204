"""How many contacts there are, for those who see numbers and never a person."""

from dataclasses import dataclass

from sqlalchemy import select

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.discretion import tellable
from ...platform.permissions import Permission
from ...platform.tenancy import Context, use_context
from ..queries.contacts import count_by_sector, count_by_unit
from ..words import SECTORS


@dataclass(frozen=True)
class Totals:
    """Contacts in all, by sector and by unit; a number is None where it is too small to tell."""

    total: int
    sectors: tuple[tuple[str, int | None], ...]
    units: tuple[tuple[str, int | None], ...]


def count_totals(actor: Actor) -> Totals:
    """The organisation's numbers. Small ones are not told, so that nobody is guessed at from them."""
    actor.check(Permission.CONTACTS_COUNT)
    # The reader's own session sees no contact: the organisation itself counts.
    with use_context(Context(organisation_id=actor.organisation_id)):
        sectors, units = count_by_sector(), count_by_unit()
        names = {row.id: row.name for row in db.session.execute(select(Unit.id, Unit.name))}
    return Totals(
        sum(sectors.values()),
        tuple((str(label), tellable(sectors.get(key))) for key, label in SECTORS.items()),
        tuple(
            (name, tellable(units.get(unit_id)))
            for unit_id, name in sorted(names.items(), key=lambda one: one[1])
        ),
    )
