"""Elected representatives who signed a drive, each with the promise that is delivered by it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.db import db
from ...representatives.models import OfficeKind
from .texts import OfDrive, drive_key

K = OfficeKind
# Who is elected, the seats in parliaments first.
ELECTED = (K.MP, K.MSP, K.MS, K.MLA, K.PCC, K.MAYOR, K.COUNCILLOR)
OFFICES = ", ".join(f"'{kind}'" for kind in ELECTED)


class PledgeRepresentative(OfDrive, db.Model):
    """A partner says that a representative signed. ``name``, ``office``, ``place``: as they were on that day, for ever.

    Shown while ``commitment_id``, of the same organisation, is a delivered promise of this person's to sign; its evidence is
    the promise's. ``change_id``: the line of the promise's history that this made. ``is_made_here``: the promise was
    written down for this.
    """

    __tablename__ = "pledge_representative"
    __table_args__: Any = (
        *drive_key(),
        ForeignKeyConstraint(
            ["commitment_id", "organisation_id"], ["commitment.id", "commitment.organisation_id"]
        ),
        CheckConstraint(f"office IN ({OFFICES})", name="office"),
        CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
        Index(
            "uq_pledge_representative_standing", "drive_id", "organisation_id", "person_id", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "person_id"),
        Index(None, "commitment_id"),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    commitment_id: Mapped[UUID]
    name: Mapped[str]
    office: Mapped[str]
    place: Mapped[str | None]
    signed_on: Mapped[date]
    change_id: Mapped[UUID | None]
    is_made_here: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    ended_label: Mapped[str | None]

    def end(self, at: datetime, by: str) -> bool:
        """Note that it was recorded by mistake; returns whether that changed anything."""
        if self.ended_at is not None:
            return False
        self.ended_at, self.ended_label = at, by
        return True
