"""A lot of signatures at once from one place: told to the organisation that collected them, and to nobody else."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.clock import now
from ...platform.db import Owned, db
from ...platform.discretion import SMALL
from ...platform.sealing import Sealed


class AlertKind(StrEnum):
    """What the signatures have in common."""

    DOMAIN = "domain"
    SOURCE = "source"
    NETWORK = "network"


class PledgeAlert(Owned, db.Model):
    """``number`` of the ``among`` signatures between two moments had one thing in common; usually ``usual`` of a hundred have, if that is known.

    ``subject`` is the domain or the link's name, sealed; of a network nothing is kept but that it was one. ``subject_key``
    knows it again within the day, so that each is raised once.
    """

    __tablename__ = "pledge_alert"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "drive_id", "kind", "subject_key", "day"),
        Index(None, "organisation_id", "ends_at"),
        one_of("kind", AlertKind),
        CheckConstraint(f"number >= {SMALL} AND among >= number", name="number"),
        CheckConstraint("(kind = 'network') = (subject_cipher IS NULL)", name="subject"),
        CheckConstraint("(dismissed_at IS NULL) = (dismissed_by IS NULL)", name="dismissed"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    drive_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_drive.id"))
    kind: Mapped[str]
    subject_cipher: Mapped[bytes | None]
    subject_key: Mapped[bytes]
    day: Mapped[date]
    number: Mapped[int]
    among: Mapped[int]
    usual: Mapped[int | None] = mapped_column(SmallInteger)
    since: Mapped[datetime]
    until: Mapped[datetime]
    ends_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[str | None]

    subject = Sealed("subject_cipher")

    def dismiss(self, at: datetime, by: str) -> bool:
        """Take it off the page; returns whether that changed anything."""
        if self.dismissed_at is not None:
            return False
        self.dismissed_at, self.dismissed_by = at, by
        return True


class PledgeAlertNotice(Owned, db.Model):
    """One admin was written to about one alert."""

    __tablename__ = "pledge_alert_notice"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "alert_id", "user_id"),
        ForeignKeyConstraint(
            ["organisation_id", "alert_id"],
            ["pledge_alert.organisation_id", "pledge_alert.id"],
            ondelete="CASCADE",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    alert_id: Mapped[UUID]
    user_id: Mapped[UUID]
    sent_at: Mapped[datetime] = mapped_column(default=now)
