"""Parliaments from election to dissolution, and the recesses between sittings."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from organising.platform.checks import one_of
from organising.platform.db import Reference, db
from organising.representatives.models.offices import OfficeKind


class Chamber(StrEnum):
    COMMONS = "commons"
    LORDS = "lords"
    SCOTTISH = "scottish"
    SENEDD = "senedd"
    NI_ASSEMBLY = "ni_assembly"


# Whose members lose their seats when a chamber is dissolved. The Lords never are.
SEATS = {
    Chamber.COMMONS: OfficeKind.MP,
    Chamber.SCOTTISH: OfficeKind.MSP,
    Chamber.SENEDD: OfficeKind.MS,
    Chamber.NI_ASSEMBLY: OfficeKind.MLA,
}


class Parliament(Reference, db.Model):
    """One parliament of a chamber. Its members sit from ``elected_on`` up to the day before ``dissolved_on``.

    ``carried_out_at``: when the product ended its members' terms.
    """

    __tablename__ = "parliament"
    __table_args__ = (
        one_of("chamber", Chamber),
        UniqueConstraint("chamber", "number"),
        CheckConstraint("dissolved_on IS NULL OR dissolved_on > elected_on", name="order"),
    )

    chamber: Mapped[str]
    number: Mapped[int]
    name: Mapped[str]
    elected_on: Mapped[date]
    dissolved_on: Mapped[date | None]
    carried_out_at: Mapped[datetime | None]

    def sat_on(self, day: date) -> bool:
        """Whether its members were members on that day."""
        return self.elected_on <= day and (self.dissolved_on is None or day < self.dissolved_on)

    def is_dissolved(self, day: date) -> bool:
        """Whether it is over on that day."""
        return self.dissolved_on is not None and self.dissolved_on <= day

    def carry_out(self, at: datetime) -> bool:
        """Note that its members' terms have been ended; returns whether that changed anything."""
        if self.carried_out_at is not None:
            return False
        self.carried_out_at = at
        return True

    def take_back(self) -> bool:
        """Undo :meth:`carry_out`, and forget the day; returns whether that changed anything."""
        if self.carried_out_at is None:
            return False
        self.carried_out_at = self.dissolved_on = None
        return True


class Recess(Reference, db.Model):
    """Days, the last one included, on which a chamber does not sit."""

    __tablename__ = "recess"
    __table_args__ = (
        one_of("chamber", Chamber),
        UniqueConstraint("chamber", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="order"),
    )

    chamber: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
