"""The contact log: headlines, asks raised and positions are shared; notes and follow-ups private."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    desc,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from organising.organisations.models import Ask, Organisation
from organising.platform.clock import now
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


class Position(StrEnum):
    """Where someone stands on an ask, from most for to most against; ``unknown`` takes a claim back."""

    CHAMPION = "champion"
    SUPPORTER = "supporter"
    LEANING_SUPPORT = "leaning_support"
    UNDECIDED = "undecided"
    LEANING_OPPOSE = "leaning_oppose"
    OPPOSED = "opposed"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Basis(StrEnum):
    """What a claimed position rests on."""

    PUBLIC_STATEMENT = "public_statement"
    MEETING = "meeting"
    LETTER = "letter"
    VOTE = "vote"
    EDM = "edm"
    THIRD_PARTY = "third_party"


def _one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _in_campaign() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


def _of_unit() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"])


def _own_engagement(**options: Any) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["engagement_id", "organisation_id"], ["engagement.id", "engagement.organisation_id"], **options
    )


class _Authored:
    """A shared row's author, by organisation: a public name, not a person."""

    @declared_attr
    def organisation(self) -> Mapped[Organisation]:
        return relationship(
            Organisation,
            primaryjoin=f"foreign({self.__name__}.organisation_id) == Organisation.id",  # type: ignore[attr-defined]
            viewonly=True,
        )


class Engagement(Shared, _Authored, db.Model):
    """One contact with a representative. Partners read it, unless its author has withdrawn it.

    ``version`` counts edits from 1. ``submission_key`` comes with the form, so one form makes one record.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        _in_campaign(),
        UniqueConstraint("organisation_id", "submission_key"),
        UniqueConstraint("id", "organisation_id"),
        _one_of("kind", EngagementKind),
        _one_of("attended_by", Attendance),
        _one_of("outcome", Outcome),
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
        _in_campaign(),
        _own_engagement(ondelete="CASCADE"),
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
    __table_args__ = (_of_unit(), UniqueConstraint("organisation_id", "engagement_id"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    unit_id: Mapped[UUID | None]
    author_user_id: Mapped[UUID | None]
    body_cipher: Mapped[bytes | None]

    body = Sealed("body_cipher")


class PositionClaim(Shared, _Authored, db.Model):
    """One organisation's claim, on one day, of where a person stands on an ask. Never changed, only followed.

    ``is_suggestion``: a branch officer's, which an organiser may take up; it doesn't count until then.
    """

    __tablename__ = "position_claim"
    __table_args__ = (
        _in_campaign(),
        _own_engagement(),
        _one_of("position", Position),
        _one_of("confidence", Confidence),
        _one_of("basis", Basis),
        CheckConstraint("evidence_url ~* '^https?://'", name="evidence_url"),
        Index("ix_position_claim_person_id_ask_id", "person_id", "ask_id"),
        Index(
            "ix_position_claim_ask_id_person_id", "ask_id", "person_id", "organisation_id", desc("held_on")
        ),
        Index("ix_position_claim_engagement_id", "engagement_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"))
    position: Mapped[str]
    confidence: Mapped[str]
    basis: Mapped[str]
    evidence_url: Mapped[str | None]
    engagement_id: Mapped[UUID | None]
    held_on: Mapped[date]
    is_suggestion: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(viewonly=True)
    ask: Mapped[Ask] = relationship(viewonly=True)


class FollowUp(Owned, db.Model):
    """What someone of an organisation will do next about a representative, by a day."""

    __tablename__ = "follow_up"
    __table_args__ = (
        _of_unit(),
        Index(
            "ix_follow_up_open",
            "organisation_id",
            "owner_user_id",
            "due_on",
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_follow_up_organisation_id_person_id", "organisation_id", "person_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagement.id"), index=True)
    due_on: Mapped[date]
    what_cipher: Mapped[bytes]
    owner_user_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]

    what = Sealed("what_cipher")
    person: Mapped[Person] = relationship(viewonly=True)

    def finish(self, at: datetime | None = None) -> bool:
        """Mark it done; returns whether that changed anything."""
        if self.done_at is not None:
            return False
        self.done_at = at or now()
        return True

    def reopen(self) -> bool:
        """Undo :meth:`finish`; returns whether that changed anything."""
        if self.done_at is None:
            return False
        self.done_at = None
        return True

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it isn't done."""
        return self.done_at is None and self.due_on < today
