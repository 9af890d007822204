"""Members and their roles.

Nobody changes their own; an organisation is never left without someone who can.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from ..accounts import second_factor
from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.errors import Conflict, Forbidden, Invalid, NotFound
from ..platform.permissions import Permission, Role, may
from .models import Membership, Unit
from .queries import is_lead

LEAD_ONLY = frozenset({Role.COORDINATOR, Role.DEPUTY})


def roles_offered(actor: Actor) -> list[Role]:
    """The roles that the actor may give and take here.

    The campaign's own roles exist in the lead organisation only, and only its coordinator gives them: an
    admin
    could otherwise make themselves one by way of a second address.
    """
    if not actor.can(Permission.MEMBERS_MANAGE):
        return []
    campaign_too = actor.role is Role.COORDINATOR and is_lead(actor)
    return [role for role in Role if campaign_too or role not in LEAD_ONLY]


def check_role(actor: Actor, role: Role, unit_id: UUID | None) -> UUID | None:
    """The unit to store with this role. Raises :class:`Forbidden` for a role the actor may not give,
    :class:`Invalid` for an officer without a unit of the organisation."""
    if role not in roles_offered(actor):
        raise Forbidden("You can’t give or take this role.")
    if role is not Role.OFFICER:
        return None
    if unit_id is None or find(Unit, unit_id) is None:
        raise Invalid("A branch officer needs a unit.", unit_id="Choose the unit.")
    return unit_id


def check_subtree(role: Role, subtree_id: UUID | None) -> UUID | None:
    """The unit to which the role is limited, with what is below it: an organiser's only.

    Raises :class:`Invalid` for a unit that is none of the organisation's.
    """
    if role is not Role.ORGANISER or subtree_id is None:
        return None
    if find(Unit, subtree_id) is None:
        raise Invalid("This unit is not one of yours.", subtree_id="Choose a unit from the list.")
    return subtree_id


def change_role(
    actor: Actor, membership_id: UUID, role: Role, unit_id: UUID | None, subtree_id: UUID | None = None
) -> bool:
    """Give a member another role; returns whether that changed anything. Works from their next request on.

    Raises :class:`NotFound`, :class:`Forbidden`, :class:`Invalid`, and :class:`Conflict` for the last one
    in charge.
    """
    actor.check(Permission.MEMBERS_MANAGE)
    unit_id, subtree_id = check_role(actor, role, unit_id), check_subtree(role, subtree_id)
    membership = _get_other(actor, membership_id)
    before = Role(membership.role)
    if (before, membership.unit_id, membership.subtree_id) == (role, unit_id, subtree_id):
        return False
    if not may(role, Permission.MEMBERS_MANAGE):
        _check_not_last(actor, membership)
    if (before, membership.unit_id) != (role, unit_id):
        membership.ends_on = None
    membership.role, membership.unit_id, membership.subtree_id = role, unit_id, subtree_id
    limited: dict[str, Any] = {"limited": True} if subtree_id else {}
    record(actor, "member.role_changed", "membership", membership.id, before=before, after=role, **limited)
    return True


def end_membership(actor: Actor, membership_id: UUID) -> None:
    """End a membership; the person's next request in this organisation is denied.

    Raises as :func:`change_role`.
    """
    actor.check(Permission.MEMBERS_MANAGE)
    membership = _get_other(actor, membership_id)
    _check_not_last(actor, membership)
    membership.end(now())
    record(actor, "member.ended", "membership", membership.id, role=membership.role)


def reset_second_factor(actor: Actor, membership_id: UUID) -> None:
    """Take a colleague's second factor off, who lost phone and codes: signed out everywhere, and told by mail.

    Raises :class:`NotFound`, :class:`Forbidden`, and :class:`Conflict` where there is none to take off.
    """
    actor.check(Permission.MEMBERS_MANAGE)
    membership = _get_other(actor, membership_id)
    if not second_factor.reset(membership.user_id):
        raise Conflict("There is no second step to reset.")
    record(actor, "member.second_factor_reset", "membership", membership.id)


def _get_other(actor: Actor, membership_id: UUID) -> Membership:
    """The present membership of another person, whose role the actor may take."""
    found = db.session.scalar(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    if found.user_id == actor.user_id:
        raise Forbidden("Nobody changes or ends their own membership. Ask another admin.")
    if Role(found.role) not in roles_offered(actor):
        raise Forbidden("Only a coordinator can change this person’s role.")
    return found


def _check_not_last(actor: Actor, membership: Membership) -> None:
    """Lock those in charge, so that two admins can't remove each other at the same moment."""
    in_charge = db.session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            Membership.role.in_([role for role in Role if may(role, Permission.MEMBERS_MANAGE)]),
        )
        .order_by(Membership.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if actor.user_id not in {one.user_id for one in in_charge}:
        raise Forbidden("Your own membership has just been changed.")
    if {one.id for one in in_charge} <= {membership.id}:
        raise Conflict(
            "This is the last person who can manage the organisation. Give someone else the role first."
        )
    coordinators = {one.id for one in in_charge if one.role == Role.COORDINATOR}
    if coordinators == {membership.id}:
        raise Conflict("This is the campaign’s last coordinator. Give someone else the role first.")
