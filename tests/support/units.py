"""Units and officers for tests, made through the product's own services."""

from datetime import date, timedelta
from uuid import UUID

from organising.organisations import officers, units
from organising.organisations.models import OfficerRole, UnitKind
from organising.platform.clock import today


def make_unit(world, admin, name, parent=None, kind=UnitKind.DISTRICT, code="") -> UUID:
    """A unit of the admin's organisation."""
    with world.context(_slug(world, admin), admin) as session:
        made = units.create_unit(admin, name, kind, parent, code=code)
        session.commit()
        return made.id


def make_officer(
    world, admin, unit_id, name="Ada Okafor", email="ada@branch.example", *,
    role=OfficerRole.SECRETARY, starts: date | None = None, ends: date | None = None, invite=False,
) -> UUID:  # fmt: skip
    """An officer entered in a unit, since a month unless said otherwise."""
    entry = officers.Entry(name, email, role, starts or today() - timedelta(days=30), ends)
    with world.context(_slug(world, admin), admin) as session:
        made, _invited = officers.add_officer(admin, unit_id, entry, invite=invite)
        session.commit()
        return made.id


def _slug(world, actor) -> str:
    return next(slug for slug, key in world.organisations.items() if key == actor.organisation_id)
