"""Stakeholders, whom partners coordinate in a public role, and the short log about them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...lobbying.models.shared import in_campaign
from ...platform.checks import one_of
from ...platform.clock import now
from ...platform.db import Aggregate, Shared, db
from ...platform.removal import Removable
from ...platform.sealing import KeyGone, Sealed

HEADLINE_LENGTH = 280


class StakeholderKind(StrEnum):
    MP_STAFF = "mp_staff"
    JOURNALIST = "journalist"
    OFFICIAL = "official"
    CAMPAIGN = "campaign"
    OTHER = "other"


class EntryKind(StrEnum):
    MEETING = "meeting"
    CALL = "call"
    EMAIL = "email"
    EVENT = "event"
    OTHER = "other"


class Stakeholder(Shared, Removable, db.Model):
    """Somebody in a public role, never a supporter. Partners read it; they can ask for it to be read to them.

    ``source`` says where the role is public. Email and phone are of the role, sealed with the author's key.
    """

    __tablename__ = "stakeholder"
    __table_args__ = (
        in_campaign(),
        one_of("kind", StakeholderKind),
        CheckConstraint("num_nonnulls(person_id, institution_id) <= 1", name="subject"),
        Index("ix_stakeholder_campaign_id_sort_key", "campaign_id", "sort_key"),
    )

    name: Mapped[str]
    sort_key: Mapped[str]
    kind: Mapped[str]
    role: Mapped[str]
    employer: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    email_cipher: Mapped[bytes | None]
    phone_cipher: Mapped[bytes | None]
    source: Mapped[str]
    search_text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    checked_on: Mapped[date]

    email = Sealed("email_cipher")
    phone = Sealed("phone_cipher")

    @property
    def reached_at(self) -> list[str]:
        """Email and phone of the role; nothing where the author has left and its key is gone."""
        try:
            return [one for one in (self.email, self.phone) if one]
        except KeyGone:
            return []


class StakeholderEntry(Shared, Removable, db.Model):
    """One headline of the short log about a stakeholder."""

    __tablename__ = "stakeholder_entry"
    __table_args__ = (
        in_campaign(),
        one_of("kind", EntryKind),
        CheckConstraint(f"char_length(headline) BETWEEN 1 AND {HEADLINE_LENGTH}", name="headline"),
        UniqueConstraint("organisation_id", "submission_key"),
    )

    stakeholder_id: Mapped[UUID] = mapped_column(ForeignKey("stakeholder.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    headline: Mapped[str]
    submission_key: Mapped[UUID]


class StakeholderRemoval(Aggregate, db.Model):
    """The keyed hash of somebody who wished not to stand in the directory, so that nobody writes them down again."""

    __tablename__ = "stakeholder_removal"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_key: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
