"""Organisations; the campaign, its members and its asks."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.clock import now
from ...platform.db import Aggregate, Owned, Ownership, Reference, Shared, db
from .closing import Closable


class OrganisationKind(StrEnum):
    NGO = "ngo"
    UNION = "union"
    CHARITY = "charity"
    COMMUNITY = "community"
    PROFESSIONAL = "professional"
    COUNCIL = "council"


class CoalitionStatus(StrEnum):
    """Governs publication as a signatory (member and lead only), never access."""

    PROSPECT = "prospect"
    CONTRIBUTOR = "contributor"
    INVITED = "invited"
    MEMBER = "member"
    LEAD = "lead"
    LEFT = "left"

    @property
    def may_be_published(self) -> bool:
        return self in (CoalitionStatus.MEMBER, CoalitionStatus.LEAD)


class Organisation(Reference, db.Model):
    """A partner's public facts."""

    __tablename__ = "organisation"

    name: Mapped[str]
    short_name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    left_at: Mapped[datetime | None]


class OrganisationKey(Owned, db.Model):
    """The organisation's key, wrapped by the installation key. Its destruction closes every sealed field."""

    __tablename__ = "organisation_key"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    wrapped: Mapped[bytes]
    destroyed_at: Mapped[datetime | None]


class LookupRoot(Aggregate, db.Model):
    """What keyed hashes are made from, wrapped by the installation key; there from the first change of that key on."""

    __tablename__ = "lookup_root"
    __table_args__: Any = (CheckConstraint("id = 1", name="one"), {"schema": "vault"})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Campaign(Reference, db.Model):
    """The campaign that the coalition runs."""

    __tablename__ = "campaign"

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    strapline: Mapped[str] = mapped_column(default="")
    accent: Mapped[str] = mapped_column(default="vermilion")


class CampaignMember(db.Model):
    """An organisation in a campaign. Being here gives access; the status governs publication only."""

    __tablename__ = "campaign_member"
    __ownership__ = Ownership.REFERENCE

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    coalition_status: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PartnerLogo(Shared, db.Model):
    """An organisation's logo in a campaign; the public reads it where the organisation may be published."""

    __tablename__ = "partner_logo"
    __table_args__ = (
        UniqueConstraint("campaign_id", "organisation_id"),
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        CheckConstraint("kind IN ('image/png', 'image/jpeg')", name="kind"),
        CheckConstraint("length(content) <= 65536", name="content"),
    )

    digest: Mapped[str]
    kind: Mapped[str]
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes]


class Ask(Closable, Shared, db.Model):
    """What the campaign asks, of which body, and which office decides."""

    __tablename__ = "ask"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    )

    code: Mapped[str]
    wording: Mapped[str]
    sector: Mapped[str]
    body: Mapped[str]
    decision_office: Mapped[str]
    place: Mapped[int]
