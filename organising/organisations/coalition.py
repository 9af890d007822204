"""The coalition: partners come, change their standing and leave.

Its public facts are the coordinator's to keep.
"""

import re
import unicodedata
from uuid import UUID

from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db
from ..platform.departures import announce_departure
from ..platform.errors import Conflict, Forbidden, NotFound
from ..platform.permissions import Permission, Role
from .founding import found_organisation, join_campaign
from .invitations import invite_first
from .models import CampaignMember, CoalitionStatus, Organisation, OrganisationKind
from .queries import get_own_organisation, is_lead

# Who leads is settled when the coalition is founded.
STATUSES = tuple(status for status in CoalitionStatus if status is not CoalitionStatus.LEAD)


def make_slug(text: str) -> str:
    """A name's short address: ``Médecins d'ici`` gives ``medecins-dici``; "" where no letter is left."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def add_partner(
    actor: Actor,
    *,
    name: str,
    short_name: str,
    kind: OrganisationKind,
    status: CoalitionStatus,
    admin_email: str,
) -> Organisation:
    """Found a partner in the actor's campaign and invite its first admin.

    Context: the coordinator's, with purpose ``coalition``. Raises :class:`Forbidden`, :class:`Conflict`.
    """
    campaign_id = _check_coordinates(actor)
    _check_status(status)
    slug = make_slug(short_name)
    if not slug:
        raise Conflict("The short name needs a letter or a number.")
    organisation = found_organisation(" ".join(name.split()), " ".join(short_name.split()), slug, kind)
    join_campaign(campaign_id, organisation.id, status)
    invite_first(organisation.id, admin_email, Role.ADMIN, _inviter(actor))
    record(actor, "partner.added", "organisation", organisation.id, status=status)
    return organisation


def invite_first_admin(actor: Actor, organisation_id: UUID, email: str) -> None:
    """Invite a first admin again, for a partner in which nobody is yet.

    Context and errors as :func:`add_partner`.
    """
    _find_member(_check_coordinates(actor), organisation_id)
    invite_first(organisation_id, email, Role.ADMIN, _inviter(actor))
    record(actor, "partner.invited", "organisation", organisation_id)


def set_status(actor: Actor, organisation_id: UUID, status: CoalitionStatus) -> bool:
    """Change a partner's standing.

    Returns whether that changed anything. Context and errors as :func:`add_partner`.

    ``left`` ends the partner's access to what the coalition shares, at its next request; its own rows stay
    its own, and what it held for the coalition falls free.
    """
    member = _find_member(_check_coordinates(actor), organisation_id)
    before = CoalitionStatus(member.coalition_status)
    if before is status:
        return False
    if before is CoalitionStatus.LEAD:
        raise Conflict("The lead organisation’s standing can’t be changed here.")
    _check_status(status)
    member.coalition_status = status
    record(actor, "partner.status_changed", "organisation", organisation_id, before=before, after=status)
    if status is CoalitionStatus.LEFT:
        announce_departure(actor, organisation_id)
    return True


def _check_status(status: CoalitionStatus) -> None:
    if status not in STATUSES:
        raise Conflict("A coalition has one lead organisation.")


def _check_coordinates(actor: Actor) -> UUID:
    actor.check(Permission.ORGANISATIONS_MANAGE)
    if actor.campaign_id is None or not is_lead(actor):
        raise Forbidden("Only the lead organisation’s coordinator can do this.")
    return actor.campaign_id


def _find_member(campaign_id: UUID, organisation_id: UUID) -> CampaignMember:
    member = db.session.scalar(
        select(CampaignMember).where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.organisation_id == organisation_id
        )
    )
    if member is None:
        raise NotFound
    return member


def _inviter(actor: Actor) -> str:
    return f"{actor.display_name} ({get_own_organisation(actor).short_name})"
