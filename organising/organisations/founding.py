"""Founding: what exists before anyone can be invited. Used by `organising setup`, the demo and the tests.

Runs in a session of purpose ``setup``, or ``coalition`` where a coordinator adds a partner later; the
database
lets no other purpose write these rows.
"""

from uuid import UUID

from sqlalchemy import insert, select, text

from ..accounts.models import User
from ..accounts.services import email_key
from ..platform.db import db, new_id
from ..platform.errors import Conflict
from ..platform.permissions import Role
from ..platform.sealing import keyring
from .models import (
    Campaign,
    CampaignMember,
    CoalitionStatus,
    Membership,
    Organisation,
    OrganisationKey,
    OrganisationKind,
)


def found_organisation(
    name: str, short_name: str, slug: str, kind: OrganisationKind, organisation_id: UUID | None = None
) -> Organisation:
    """A partner with its own key. Raises :class:`Conflict` where the short address is taken.

    ``organisation_id`` lets the session already speak for the organisation that is being founded.
    """
    if db.session.scalar(select(Organisation.id).where(Organisation.slug == slug)):
        raise Conflict("Another organisation already has this short address.")
    organisation = Organisation(
        id=organisation_id or new_id(), name=name, short_name=short_name, slug=slug, kind=kind
    )
    db.session.add(organisation)
    db.session.flush()
    # Core, not the session: the guard lets a session write only its own organisation's rows, and this one
    # is new.
    db.session.execute(
        insert(OrganisationKey).values(
            organisation_id=organisation.id, id=new_id(), wrapped=keyring().wrap_new(organisation.id)
        )
    )
    return organisation


def found_campaign(name: str, slug: str, strapline: str, accent: str = "vermilion") -> Campaign:
    """A campaign without members."""
    campaign = Campaign(id=new_id(), name=name, slug=slug, strapline=strapline, accent=accent)
    db.session.add(campaign)
    db.session.flush()
    return campaign


def join_campaign(campaign_id: UUID, organisation_id: UUID, status: CoalitionStatus) -> CampaignMember:
    """Let an organisation take part in a campaign."""
    member = CampaignMember(campaign_id=campaign_id, organisation_id=organisation_id, coalition_status=status)
    db.session.add(member)
    db.session.flush()
    return member


def found_user(email: str, display_name: str, password_hash: str | None = None) -> User:
    """A person with an account, for the demo and tests: people of a real installation come by invitation."""
    user = User(id=new_id(), email_key=email_key(email), display_name=display_name)
    user.email = email
    # No query may come between: the row can't be read back in this context, only written.
    db.session.add(user)
    db.session.flush()
    if password_hash is not None:
        db.session.execute(text("SELECT app.found_password(:u, :h)"), {"u": user.id, "h": password_hash})
    return user


def found_membership(user_id: UUID, organisation_id: UUID, role: Role, unit_id: UUID | None = None) -> UUID:
    """A role for a person, without an invitation."""
    membership = Membership(
        id=new_id(), user_id=user_id, organisation_id=organisation_id, role=role, unit_id=unit_id
    )
    db.session.add(membership)
    db.session.flush()
    return membership.id
