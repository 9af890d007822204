"""Colleagues of the own organisation who can be asked to do something."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from organising.accounts.models import User
from organising.organisations.models import Membership
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import Permission, Role, may


@dataclass(frozen=True)
class Colleague:
    """A present member who may log contacts; an officer with their unit."""

    user_id: UUID
    name: str
    role: Role
    unit_id: UUID | None


def list_colleagues(actor: Actor) -> list[Colleague]:
    """Present members who may log contacts, by name, the actor too. An officer's: their own unit's officers, and who reads all."""
    rows = db.session.execute(_members(actor).order_by(func.lower(User.display_name), User.id))
    return [
        one
        for user_id, name, role, unit_id in rows
        if may((one := Colleague(user_id, name, Role(role), unit_id)).role, Permission.ENGAGEMENTS_LOG)
        and _within_reach(actor, one)
    ]


def find_colleague(actor: Actor, user_id: UUID | None) -> Colleague | None:
    """One of :func:`list_colleagues`."""
    if user_id is None:
        return None
    return next((one for one in list_colleagues(actor) if one.user_id == user_id), None)


def _members(actor: Actor) -> Select[UUID, str, str, UUID | None]:
    # A person reads their own memberships elsewhere too, so the organisation is named here.
    return (
        select(User.id, User.display_name, Membership.role, Membership.unit_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.ended_at.is_(None))
    )


def _within_reach(actor: Actor, one: Colleague) -> bool:
    """An officer hands on within the unit, or to those who read everything: nobody else could open it."""
    if actor.role is not Role.OFFICER or one.role is not Role.OFFICER:
        return True
    return one.unit_id == actor.unit_id
