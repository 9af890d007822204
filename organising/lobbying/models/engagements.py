"""The contact log: headlines and asks raised are shared, notes private."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, desc
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import (
    AboutSubject,
    Authored,
    in_campaign,
    of_unit,
    one_subject,
    own_engagement,
)
from organising.organisations.models import Ask, Organisation
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.platform.sealing import Sealed

HEADLINE_LENGTH = 280
LABEL_LENGTH = 120


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


class StaffRole(StrEnum):
    """What someone of the representative's or institution's office does: a role, never a name."""

    RESEARCHER = "researcher"
    ASSISTANT = "assistant"
    CASEWORKER = "caseworker"
    CHIEF_OF_STAFF = "chief_of_staff"
    OFFICE_MANAGER = "office_manager"
    DIARY = "diary"
    PRESS = "press"
    OFFICIAL = "official"
    OTHER = "other"


class Engagement(Shared, Authored, AboutSubject, db.Model):
    """One contact with a representative or an institution. Partners read it, unless its author has withdrawn it.

    ``version`` counts edits from 1. ``submission_key`` comes with the form, so one form makes one record.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        in_campaign(),
        one_subject(),
        UniqueConstraint("organisation_id", "submission_key"),
        UniqueConstraint("id", "organisation_id"),
        one_of("kind", EngagementKind),
        one_of("attended_by", Attendance),
        one_of("outcome", Outcome),
        CheckConstraint(f"char_length(headline) BETWEEN 1 AND {HEADLINE_LENGTH}", name="headline"),
        Index("ix_engagement_person_id_happened_on", "person_id", desc("happened_on")),
        Index("ix_engagement_institution_id_happened_on", "institution_id", desc("happened_on")),
        Index(
            "ix_engagement_campaign_id_happened_on",
            "campaign_id",
            desc("happened_on"),
            desc("created_at"),
            desc("id"),
        ),
        Index("ix_engagement_campaign_id_created_at", "campaign_id", desc("created_at")),
    )

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

    asks: Mapped[list[Ask]] = relationship(
        secondary="engagement_ask",
        primaryjoin="Engagement.id == foreign(EngagementAsk.engagement_id)",
        secondaryjoin="foreign(EngagementAsk.ask_id) == Ask.id",
        viewonly=True,
        order_by=Ask.place,
    )
    attendees: Mapped[list["EngagementAttendee"]] = relationship(
        primaryjoin="Engagement.id == foreign(EngagementAttendee.engagement_id)",
        viewonly=True,
        order_by="EngagementAttendee.created_at, EngagementAttendee.id",
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


class EngagementAttendee(Shared, db.Model):
    """Who took part: someone of an organisation of the coalition, or a role in the representative's office.

    ``label`` names the organisation's own people as it likes; of the office's there is a role and no name.
    """

    __tablename__ = "engagement_attendee"
    __table_args__ = (
        in_campaign(),
        own_engagement(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["campaign_id", "attending_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        one_of("staff_role", StaffRole),
        CheckConstraint("num_nonnulls(attending_id, staff_role) = 1", name="side"),
        CheckConstraint("staff_role IS NULL OR label = ''", name="no_name"),
        CheckConstraint(f"char_length(label) <= {LABEL_LENGTH}", name="label"),
    )

    engagement_id: Mapped[UUID] = mapped_column(index=True)
    attending_id: Mapped[UUID | None]
    staff_role: Mapped[str | None]
    label: Mapped[str] = mapped_column(default="")

    attending: Mapped[Organisation | None] = relationship(
        primaryjoin="foreign(EngagementAttendee.attending_id) == Organisation.id", viewonly=True
    )


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
