"""Numbers of people to reach, what happens then, and who has been told."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.clock import now
from ...platform.db import Owned, db
from ...platform.discretion import SMALL
from .texts import OfDrive, drive_key


class Told(StrEnum):
    """Who is written to when a milestone is reached."""

    NOBODY = "nobody"
    COORDINATORS = "coordinators"
    ORGANISERS = "organisers"


class PledgeMilestone(OfDrive, db.Model):
    """A number of people to reach. Reached once, whatever the count does after; then it is history (the database holds it).

    ``banner``: what the public page says then, until ``banner_until``; in other languages where they are given.
    """

    __tablename__ = "pledge_milestone"
    __table_args__: Any = (
        UniqueConstraint("drive_id", "number"),
        *drive_key(),
        one_of("told", Told),
        CheckConstraint(f"number >= {SMALL}", name="number"),
        CheckConstraint("banner_days BETWEEN 1 AND 60", name="banner_days"),
    )

    number: Mapped[int]
    told: Mapped[str] = mapped_column(default=Told.COORDINATORS)
    banner: Mapped[str] = mapped_column(default="")
    banner_cy: Mapped[str] = mapped_column(default="")
    banner_es: Mapped[str] = mapped_column(default="")
    banner_pt: Mapped[str] = mapped_column(default="")
    banner_days: Mapped[int] = mapped_column(default=7)
    reached_at: Mapped[datetime | None]
    banner_until: Mapped[datetime | None]


class PledgeMilestoneNotice(Owned, db.Model):
    """One person of one organisation was written to about one milestone."""

    __tablename__ = "pledge_milestone_notice"
    __table_args__: Any = (UniqueConstraint("organisation_id", "milestone_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_milestone.id", ondelete="CASCADE"))
    user_id: Mapped[UUID]
    sent_at: Mapped[datetime] = mapped_column(default=now)
