"""What a planner chooses from."""

from collections.abc import Sequence

from sqlalchemy import select

from organising.accounts.models import User
from organising.organisations.models import Membership, Unit
from organising.organisations.queries import list_units_in_reach
from organising.platform.actor import Actor
from organising.platform.db import db

from ..models import BranchAction
from .waiting import mine


def list_own_units(actor: Actor) -> Sequence[Unit]:
    """The open units for which this actor may plan, by name: those within reach."""
    return sorted((one.unit for one in list_units_in_reach(actor)), key=lambda unit: unit.name)


def list_possible_leads(actor: Actor) -> Sequence[User]:
    """Colleagues who may lead: members of the organisation; for an officer those of the own unit."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.ended_at.is_(None))
        .order_by(User.display_name)
    )
    return db.session.scalars(
        statement.where(Membership.unit_id == actor.unit_id) if actor.unit_id else statement
    ).all()


def find_last_area(actor: Actor) -> str | None:
    """The town of the unit's (or person's) latest action, so that nobody types their own town twice."""
    return db.session.scalar(
        mine(actor).with_only_columns(BranchAction.area).order_by(BranchAction.created_at.desc()).limit(1)
    )
