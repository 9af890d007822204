"""Targets: which organisation leads on whom. A person or institution without a row is simply unallocated."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from organising.lobbying.models.shared import AboutSubject, Authored, in_campaign, one_subject
from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Shared, db


class Priority(StrEnum):
    A = "A"
    B = "B"
    C = "C"


class Tactic(StrEnum):
    """What the coalition tries with a target."""

    CHAMPION = "champion"
    PERSUADE = "persuade"
    MAINTAIN = "maintain"
    NOT_NOW = "not_now"


class Target(Shared, Authored, AboutSubject, db.Model):
    """The allocation of one person or institution within a campaign.

    The coordinator writes any; of the leading organisation, those who organise may change priority, tactic and
    supporters. The database holds that rule. ``version`` counts changes from 1.
    """

    __tablename__ = "target"
    __table_args__ = (
        in_campaign(),
        one_subject(),
        one_of("priority", Priority),
        one_of("tactic", Tactic),
        ForeignKeyConstraint(
            ["campaign_id", "lead_organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        UniqueConstraint("campaign_id", "person_id"),
        UniqueConstraint("campaign_id", "institution_id"),
        UniqueConstraint("campaign_id", "id"),
        Index("ix_target_campaign_id_lead_organisation_id", "campaign_id", "lead_organisation_id"),
    )

    lead_organisation_id: Mapped[UUID | None]
    priority: Mapped[str | None]
    tactic: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class TargetSupporter(Shared, db.Model):
    """An organisation that supports the leading one on a target."""

    __tablename__ = "target_supporter"
    __table_args__ = (
        in_campaign(),
        ForeignKeyConstraint(
            ["campaign_id", "target_id"], ["target.campaign_id", "target.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["campaign_id", "supporter_organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        UniqueConstraint("target_id", "supporter_organisation_id"),
    )

    target_id: Mapped[UUID]
    supporter_organisation_id: Mapped[UUID]


class AllocationChange(Shared, Authored, db.Model):
    """One change of one or many targets, kept so that it can be undone as one."""

    __tablename__ = "allocation_change"
    __table_args__ = (in_campaign(),)

    changed: Mapped[int]
    undone_at: Mapped[datetime | None]

    def undo(self, at: datetime) -> bool:
        """Note that it was taken back; returns whether that changed anything."""
        if self.undone_at is not None:
            return False
        self.undone_at = at
        return True


class AllocationBefore(Shared, db.Model):
    """What one target was before a change, and the ``version`` that the change gave it."""

    __tablename__ = "allocation_before"
    __table_args__ = (in_campaign(), UniqueConstraint("change_id", "target_id"))

    change_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_change.id", ondelete="CASCADE"))
    target_id: Mapped[UUID] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True)
    lead_organisation_id: Mapped[UUID | None]
    priority: Mapped[str | None]
    tactic: Mapped[str | None]
    supporter_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    version: Mapped[int]
