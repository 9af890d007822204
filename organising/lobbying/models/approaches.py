"""Approaches: the reservation of a representative by a partner, for a channel and some days, and its history."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, desc, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.approach_states import EXPIRING, LIVE, PLANNED, ApproachState
from organising.lobbying.models.shared import AboutSubject, Authored, in_campaign, one_subject
from organising.organisations.models import Ask, Organisation
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.platform.sealing import Sealed

PURPOSE_LENGTH = 280
LONGEST_WINDOW_DAYS = 92


class Channel(StrEnum):
    MEETING = "meeting"
    CALL = "call"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    EVENT = "event"


class ApproachDeed(StrEnum):
    """What an event of an approach's history tells of."""

    RESERVED = "reserved"
    STEP = "step"
    EDITED = "edited"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    EXPIRED = "expired"
    PAUSED = "paused"
    RESUMED = "resumed"


class JoinDecision(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def live_states() -> str:
    """The live states as SQL writes them."""
    return ", ".join(f"'{state}'" for state in LIVE)


class Approach(Shared, Authored, AboutSubject, db.Model):
    """A partner's reservation of a person or institution for one channel, from ``starts_on`` to ``ends_on`` inclusive.

    While it is live the database takes no second one of the same subject, channel and days in the campaign.
    ``organisation_id`` is who holds it: a hand-over changes it. ``interrupted_state`` is what a cancellation or
    a pause came over. ``version`` counts changes from 1. ``pressure_reason``: why it was made over budget.
    """

    __tablename__ = "approach"
    __table_args__ = (
        in_campaign(),
        one_subject(),
        one_of("channel", Channel),
        one_of("state", ApproachState),
        UniqueConstraint("organisation_id", "submission_key"),
        CheckConstraint(
            f"ends_on >= starts_on AND ends_on - starts_on < {LONGEST_WINDOW_DAYS}", name="window"
        ),
        CheckConstraint("scheduled_on BETWEEN starts_on AND ends_on", name="scheduled_on"),
        CheckConstraint(f"char_length(purpose) BETWEEN 1 AND {PURPOSE_LENGTH}", name="purpose"),
        CheckConstraint(
            "(interrupted_state IS NOT NULL) = (state IN ('cancelled', 'paused_dissolution'))",
            name="interrupted",
        ),
        ExcludeConstraint(
            ("campaign_id", "="),
            (text("coalesce(person_id, institution_id)"), "="),
            ("channel", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_approach_live",
            using="gist",
            where=text(f"state IN ({live_states()})"),
        ),
        Index("ix_approach_campaign_id_due_on", "campaign_id", "due_on", "id"),
        Index("ix_approach_person_id", "person_id"),
        Index("ix_approach_institution_id", "institution_id"),
        Index("ix_approach_organisation_id_ends_on", "organisation_id", "ends_on"),
    )

    channel: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    scheduled_on: Mapped[date | None]
    due_on: Mapped[date]
    state: Mapped[str]
    interrupted_state: Mapped[str | None]
    purpose: Mapped[str]
    owner_label: Mapped[str] = mapped_column(default="")
    pressure_reason: Mapped[str | None]
    submission_key: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    expired_at: Mapped[datetime | None]

    asks: Mapped[list[Ask]] = relationship(
        secondary="approach_ask",
        primaryjoin="Approach.id == foreign(ApproachAsk.approach_id)",
        secondaryjoin="foreign(ApproachAsk.ask_id) == Ask.id",
        viewonly=True,
        order_by=Ask.place,
    )

    @property
    def is_live(self) -> bool:
        """Whether it holds its dates against other partners."""
        return self.state in LIVE

    @property
    def is_planned(self) -> bool:
        """Whether what it reserves is still to come."""
        return self.state in PLANNED

    def days_left(self, today: date) -> int | None:
        """Days until it expires, 0 on the last one; None where nothing expires."""
        return (self.ends_on - today).days if self.state in EXPIRING else None


class ApproachAsk(Shared, db.Model):
    """An ask that an approach is to raise."""

    __tablename__ = "approach_ask"
    __table_args__ = (in_campaign(), UniqueConstraint("approach_id", "ask_id"))

    approach_id: Mapped[UUID] = mapped_column(ForeignKey("approach.id", ondelete="CASCADE"))
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"), index=True)


class ApproachEvent(Shared, Authored, db.Model):
    """One thing that happened to an approach; by whom stands in ``author_label``. Only ever added."""

    __tablename__ = "approach_event"
    __table_args__ = (
        in_campaign(),
        one_of("kind", ApproachDeed),
        Index("ix_approach_event_approach_id_created_at", "approach_id", "created_at"),
    )

    approach_id: Mapped[UUID] = mapped_column(ForeignKey("approach.id", ondelete="CASCADE"))
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    to_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(default="")

    to_organisation: Mapped[Organisation | None] = relationship(
        Organisation,
        primaryjoin="foreign(ApproachEvent.to_organisation_id) == Organisation.id",
        viewonly=True,
    )


class ApproachJoin(Shared, Authored, db.Model):
    """A decision about joining another partner's approach: asked and withdrawn by the joiner, answered by the holder.

    Only ever added; the newest for an approach and a joiner says how it stands.
    """

    __tablename__ = "approach_join"
    __table_args__ = (
        in_campaign(),
        one_of("decision", JoinDecision),
        Index("ix_approach_join_approach_id_joiner_id", "approach_id", "joiner_id", desc("created_at")),
    )

    approach_id: Mapped[UUID] = mapped_column(ForeignKey("approach.id", ondelete="CASCADE"))
    joiner_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    decision: Mapped[str]
    words: Mapped[str] = mapped_column(default="")

    joiner: Mapped[Organisation] = relationship(
        Organisation, primaryjoin="foreign(ApproachJoin.joiner_id) == Organisation.id", viewonly=True
    )


class ApproachOwn(Owned, db.Model):
    """An organisation's own side of an approach: who of it sees to it, who drafted the minutes, a private note."""

    __tablename__ = "approach_own"
    __table_args__ = (
        UniqueConstraint("organisation_id", "approach_id"),
        Index("ix_approach_own_organisation_id_owner_user_id", "organisation_id", "owner_user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    approach_id: Mapped[UUID] = mapped_column(ForeignKey("approach.id", ondelete="CASCADE"), index=True)
    owner_user_id: Mapped[UUID | None]
    minutes_user_id: Mapped[UUID | None]
    note_cipher: Mapped[bytes | None]

    note = Sealed("note_cipher")


class PressureBudget(Shared, Authored, db.Model):
    """How often all partners together may write to, ring and visit one representative in 30 days.

    Only ever added, by a coordinator; the newest of a campaign counts.
    """

    __tablename__ = "pressure_budget"
    __table_args__ = (
        in_campaign(),
        CheckConstraint(
            "least(mails, calls, visits) >= 0 AND greatest(mails, calls, visits) < 100", name="size"
        ),
        Index("ix_pressure_budget_campaign_id_created_at", "campaign_id", desc("created_at")),
    )

    mails: Mapped[int]
    calls: Mapped[int]
    visits: Mapped[int]
