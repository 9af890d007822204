"""The contact log: headlines and asks raised are shared, notes private."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, desc
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import Authored, in_campaign, of_unit, own_engagement
from organising.organisations.models import Ask
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.platform.sealing import Sealed
from organising.representatives.models import Person

HEADLINE_LENGTH = 280


class EngagementKind(StrEnum):
    MEETING = "meeting"
    SURGERY = "surgery"
    CALL = "call"
    EMAIL = "email"
    LETTER = "letter"
    EVENT = "event"
    VISIT = "visit"
    SOCIAL = "social"


class Attendance(StrEnum):
    """Who of the representative's side was there: the member, their staff only, or nobody (a letter)."""

    MEMBER = "member"
    STAFF = "staff"
    NONE = "none"


class Outcome(StrEnum):
    NOT_SAID = "not_said"
    HELPFUL = "helpful"
    NONCOMMITTAL = "noncommittal"
    UNHELPFUL = "unhelpful"
    NO_ANSWER = "no_answer"


class Engagement(Shared, Authored, db.Model):
    """One contact with a representative. Partners read it, unless its author has withdrawn it.

    ``version`` counts edits from 1. ``submission_key`` comes with the form, so one form makes one record.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        in_campaign(),
        UniqueConstraint("organisation_id", "submission_key"),
        UniqueConstraint("id", "organisation_id"),
        one_of("kind", EngagementKind),
        one_of("attended_by", Attendance),
        one_of("outcome", Outcome),
        CheckConstraint(f"char_length(headline) BETWEEN 1 AND {HEADLINE_LENGTH}", name="headline"),
        Index("ix_engagement_person_id_happened_on", "person_id", desc("happened_on")),
        Index(
            "ix_engagement_campaign_id_happened_on",
            "campaign_id",
            desc("happened_on"),
            desc("created_at"),
            desc("id"),
        ),
        Index("ix_engagement_campaign_id_created_at", "campaign_id", desc("created_at")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    happened_on: Mapped[date]
    kind: Mapped[str]
    attended_by: Mapped[str]
    outcome: Mapped[str] = mapped_column(default=Outcome.NOT_SAID)
    headline: Mapped[str]
    out_of_office_reason: Mapped[str | None]
    submission_key: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(viewonly=True)
    asks: Mapped[list[Ask]] = relationship(
        secondary="engagement_ask",
        primaryjoin="Engagement.id == foreign(EngagementAsk.engagement_id)",
        secondaryjoin="foreign(EngagementAsk.ask_id) == Ask.id",
        viewonly=True,
        order_by=Ask.place,
    )

    def withdraw(self, at: datetime) -> bool:
        """Take the record from the log; returns whether that changed anything. Partners no longer see it."""
        if self.withdrawn_at is not None:
            return False
        self.withdrawn_at = at
        return True

    def restore(self) -> bool:
        """Put a withdrawn record back; returns whether that changed anything."""
        if self.withdrawn_at is None:
            return False
        self.withdrawn_at = None
        return True


class EngagementAsk(Shared, db.Model):
    """An ask that was raised in an engagement, by the organisation that logged it."""

    __tablename__ = "engagement_ask"
    __table_args__ = (
        in_campaign(),
        own_engagement(ondelete="CASCADE"),
        UniqueConstraint("engagement_id", "ask_id"),
    )

    engagement_id: Mapped[UUID]
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"), index=True)


class EngagementNote(Owned, db.Model):
    """An organisation's own side of an engagement: who of it logged it, for which unit, and its private note.

    It is there for every engagement, with or without a ``body``: the database lets an officer change what
    their unit's note stands beside, and nothing else.
    """

    __tablename__ = "engagement_note"
    __table_args__ = (of_unit(), UniqueConstraint("organisation_id", "engagement_id"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    unit_id: Mapped[UUID | None]
    author_user_id: Mapped[UUID | None]
    body_cipher: Mapped[bytes | None]

    body = Sealed("body_cipher")
