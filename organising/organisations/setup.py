"""The first coalition of a real installation.

Campaign, lead organisation, and one invitation to its coordinator.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db
from ..platform.errors import Conflict
from ..platform.locks import take_turns
from ..platform.message import OutgoingMail
from ..platform.permissions import Role
from .asks import seed_asks
from .coalition import make_slug
from .founding import found_campaign, found_organisation, join_campaign
from .invitations import LASTS, compose_mail, invite_first
from .models import Campaign, CampaignMember, CoalitionStatus, Invitation, Organisation, OrganisationKind

INVITED_BY = "Whoever set up this installation"


@dataclass(frozen=True)
class FirstCoalition:
    """What `organising setup` is told."""

    campaign: str
    strapline: str
    organisation: str
    short_name: str
    kind: OrganisationKind
    coordinator_name: str
    coordinator_email: str
    with_asks: bool

    def check(self) -> None:
        """Raise :class:`Conflict` where a name gives no short address."""
        for label, name in (("campaign", self.campaign), ("short name", self.short_name)):
            if not make_slug(name):
                raise Conflict(f"The {label} needs a letter or a number.")


@dataclass(frozen=True)
class FoundCoalition:
    """The coalition that is there already."""

    campaign: str
    organisation_id: UUID
    organisation_name: str


def find_coalition() -> FoundCoalition | None:
    """The installation's first coalition (context purpose ``setup``), or ``None`` before it is set up."""
    row = db.session.execute(
        select(Campaign.name, Organisation.id, Organisation.name)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .join(Organisation, Organisation.id == CampaignMember.organisation_id)
        .where(CampaignMember.coalition_status == CoalitionStatus.LEAD)
        .order_by(Campaign.created_at)
        .limit(1)
    ).one_or_none()
    return FoundCoalition(*row) if row else None


def found_coalition(wanted: FirstCoalition, organisation_id: UUID) -> OutgoingMail:
    """Write all of it, the invitation as sent, and return its mail: commit with the mail at its final dot.

    Context: ``organisation_id`` (fresh), purpose ``setup``. Raises :class:`Conflict` where a coalition
    exists.
    """
    # Two set-ups at once: the second waits here, then finds the coalition of the first.
    take_turns("setup")
    if find_coalition() is not None:
        raise Conflict("There is a coalition already.")
    wanted.check()
    organisation = found_organisation(
        wanted.organisation, wanted.short_name, make_slug(wanted.short_name), wanted.kind, organisation_id
    )
    campaign = found_campaign(wanted.campaign, make_slug(wanted.campaign), wanted.strapline)
    join_campaign(campaign.id, organisation.id, CoalitionStatus.LEAD)
    actor = Actor.system(organisation.id, organisation.name, campaign.id)
    if wanted.with_asks:
        seed_asks(actor)
    invitation_id = invite_first(
        organisation.id, wanted.coordinator_email, Role.COORDINATOR, INVITED_BY, sent_at=now()
    )
    record(actor, "coalition.founded", "campaign", campaign.id)
    return compose_mail(
        invitation_id,
        wanted.coordinator_email,
        wanted.organisation,
        Role.COORDINATOR,
        INVITED_BY,
        wanted.coordinator_name,
    )


def invite_again(found: FoundCoalition, email: str | None, name: str | None) -> OutgoingMail:
    """The first coordinator's invitation once more, to ``email`` where the first address was wrong.

    Commit as for :func:`found_coalition`. Context: the lead organisation, purpose ``setup``. Raises :class:`Conflict` once somebody has accepted.
    """
    if db.session.scalar(text("SELECT app.has_members(:o)"), {"o": found.organisation_id}):
        raise Conflict(
            f"{found.organisation_name} has members already; they invite the others from the People page."
        )
    waiting = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.role == Role.COORDINATOR,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.created_at.desc())
    ).first()
    if waiting is not None and email in (None, waiting.email):
        waiting.sent_at, waiting.refusal_code, waiting.expires_at = now(), None, now() + LASTS
        invitation_id, address = waiting.id, waiting.email or ""
    elif email is None:
        raise Conflict("No invitation is waiting. Name the coordinator with --coordinator-email.")
    else:
        _withdraw_all()
        invitation_id = invite_first(
            found.organisation_id, email, Role.COORDINATOR, INVITED_BY, sent_at=now()
        )
        address = email
    actor = Actor.system(found.organisation_id, found.organisation_name)
    record(actor, "invitation.resent", "invitation", invitation_id)
    return compose_mail(invitation_id, address, found.organisation_name, Role.COORDINATOR, INVITED_BY, name)


def _withdraw_all() -> None:
    """The address was wrong: whoever got that link must not come in by it."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )
