"""Which roles an organisation lets in by two factors only, and from when on."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db
from ..platform.permissions import Permission, Role
from .models import SecondFactorDemand
from .queries import list_second_factor_demands

GRACE_DAYS = (0, 7, 14, 30)


def demand(actor: Actor, roles: Collection[Role], grace_days: int) -> None:
    """Demand a second factor of these roles and of no others. Roles of which it is demanded already keep their day."""
    actor.check(Permission.MEMBERS_MANAGE)
    present = list_second_factor_demands()
    due_at = now() + timedelta(days=grace_days)
    for role in sorted(set(roles) - set(present)):
        db.session.add(SecondFactorDemand(role=role, due_at=due_at))
        record(
            actor, "second_factor.demanded", "organisation", actor.organisation_id, role=role, days=grace_days
        )
    for role in sorted(set(present) - set(roles)):
        db.session.execute(delete(SecondFactorDemand).where(SecondFactorDemand.role == role))
        record(actor, "second_factor.no_longer_demanded", "organisation", actor.organisation_id, role=role)
