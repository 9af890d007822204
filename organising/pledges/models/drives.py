"""A pledge that people are asked to sign."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ...contacts.models import Sector as Sector
from ...platform.checks import one_of
from ...platform.db import Shared, db


class DriveStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


SECTORS = ", ".join(f"'{sector}'" for sector in Sector)


def member_key() -> ForeignKeyConstraint:
    """Rows of a drive belong to an organisation that takes part in its campaign."""
    return ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


class PledgeDrive(Shared, db.Model):
    """One pledge that people are asked to sign. Open and closed drives are public; wordings are kept for ever."""

    __tablename__ = "pledge_drive"
    __table_args__: Any = (
        UniqueConstraint("campaign_id", "id"),
        member_key(),
        one_of("status", DriveStatus),
        CheckConstraint("goal > 0", name="goal"),
        CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="colour"),
        CheckConstraint("colour_dark ~ '^#[0-9a-f]{6}$'", name="colour_dark"),
        CheckConstraint("(colour IS NULL) = (colour_dark IS NULL)", name="colours"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint(f"sectors <@ ARRAY[{SECTORS}]", name="sectors"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    standfirst: Mapped[str]
    status: Mapped[str] = mapped_column(default=DriveStatus.DRAFT)
    goal: Mapped[int | None]
    wording_version: Mapped[int] = mapped_column(default=1)
    sectors: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: [str(one) for one in Sector])
    # On light and on dark paper; both empty: the campaign's accent.
    colour: Mapped[str | None]
    colour_dark: Mapped[str | None]
    shows_logos: Mapped[bool] = mapped_column(default=True)
    # When it is to open and to close by itself; empty again once that was done.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    # Whether its title may be read before it opens, with the day.
    is_announced: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]

    def open(self, at: datetime) -> bool:
        """Let people sign (again); returns whether that changed anything. An archived drive stays archived."""
        if self.status not in (DriveStatus.DRAFT, DriveStatus.CLOSED):
            return False
        self.status, self.opened_at, self.closed_at = DriveStatus.OPEN, self.opened_at or at, None
        self.opens_at = None
        if self.closes_at is not None and self.closes_at <= at:
            self.closes_at = None
        return True

    def close(self, at: datetime) -> bool:
        """Take no more signatures; given ones may still be confirmed. Returns whether that changed anything."""
        if self.status != DriveStatus.OPEN:
            return False
        self.status, self.closed_at, self.closes_at = DriveStatus.CLOSED, at, None
        return True

    def archive(self, at: datetime) -> bool:
        """End a closed or never opened drive for good; returns whether that changed anything."""
        if self.status not in (DriveStatus.CLOSED, DriveStatus.DRAFT):
            return False
        self.status, self.archived_at = DriveStatus.ARCHIVED, at
        self.opens_at = self.closes_at = None
        return True

    def turn(self, at: datetime) -> str | None:
        """Do what was to be done by now: ``"opened"``, ``"closed"`` or nothing. Twice changes nothing more."""
        if self.opens_at is not None and self.opens_at <= at and self.open(self.opens_at):
            return "opened"
        if self.closes_at is not None and self.closes_at <= at and self.close(self.closes_at):
            return "closed"
        return None

    def takes_signatures(self, at: datetime) -> bool:
        """Whether somebody may sign at this moment: to the minute, whenever the sweep comes by."""
        return self.status == DriveStatus.OPEN and (self.closes_at is None or at < self.closes_at)
