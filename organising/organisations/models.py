"""Organisations and their units and members; the campaign, its members and its asks."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.clock import now
from ..platform.db import Aggregate, Owned, Ownership, Reference, Shared, db, new_id
from ..platform.permissions import Role
from ..platform.sealing import Sealed

ROLES = ", ".join(f"'{role}'" for role in Role)


class OrganisationKind(StrEnum):
    NGO = "ngo"
    UNION = "union"
    CHARITY = "charity"
    COMMUNITY = "community"
    PROFESSIONAL = "professional"
    COUNCIL = "council"


class UnitKind(StrEnum):
    NATIONAL = "national"
    REGION = "region"
    DISTRICT = "district"
    BRANCH = "branch"
    WORKPLACE_GROUP = "workplace_group"
    LOCAL_GROUP = "local_group"


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


class Unit(Owned, db.Model):
    """A district, branch, local group … in the tree of one organisation."""

    __tablename__ = "unit"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "parent_id"], ["unit.organisation_id", "unit.id"]),
        Index("ix_unit_organisation_id_parent_id", "organisation_id", "parent_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    kind: Mapped[str]


class Membership(db.Model):
    """A person's role in an organisation, from ``created_at`` until ``ended_at``.

    An officer's names the unit.
    """

    __tablename__ = "membership"
    __ownership__ = Ownership.IDENTITY
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
        Index(
            "uq_membership_open",
            "user_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[UUID | None]
    role: Mapped[str]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    def end(self, at: datetime) -> bool:
        """End the membership; returns whether that changed anything.

        The next request of the person is denied.
        """
        if self.ended_at is not None:
            return False
        self.ended_at = at
        return True


class Invitation(Owned, db.Model):
    """An invitation by link: sent once, accepted once, for a fortnight."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    email_key: Mapped[bytes]
    email_cipher: Mapped[bytes]
    role: Mapped[str]
    unit_id: Mapped[UUID | None]
    invited_by: Mapped[str]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    # The SMTP code with which the address was refused for good; the server's words may quote the address.
    refusal_code: Mapped[int | None]

    email = Sealed("email_cipher")

    def state(self, at: datetime) -> str:
        """``accepted``, ``withdrawn``, ``expired`` or ``open``."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "expired" if self.expires_at < at else "open"

    def withdraw(self, at: datetime) -> bool:
        """Take an open invitation back; returns whether that changed anything."""
        if self.state(at) != "open":
            return False
        self.withdrawn_at = at
        return True


class SecondFactorDemand(Owned, db.Model):
    """From ``due_at`` on the organisation lets members of this role in by two factors only."""

    __tablename__ = "second_factor_demand"
    __table_args__ = (
        UniqueConstraint("organisation_id", "role"),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    role: Mapped[str]
    due_at: Mapped[datetime]


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


class Ask(Shared, db.Model):
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
    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """A closed ask takes no new position."""
        return self.closed_at is None

    def close(self, at: datetime) -> bool:
        """Take no more positions on it; returns whether that changed anything."""
        if self.closed_at is not None:
            return False
        self.closed_at = at
        return True

    def reopen(self) -> bool:
        """Take positions on it again; returns whether that changed anything."""
        if self.closed_at is None:
            return False
        self.closed_at = None
        return True
