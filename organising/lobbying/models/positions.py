"""Positions: what organisations claim of where someone stands. Claims are only ever added."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Uuid, desc, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import Authored, in_campaign, own_engagement
from organising.organisations.models import Ask
from organising.platform.checks import one_of
from organising.platform.db import Shared, db
from organising.representatives.models import Person

LONGEST_REASON = 500


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


class PositionClaim(Shared, Authored, db.Model):
    """One organisation's claim, on one day, of where a person stands on an ask. Never changed, only followed.

    ``is_suggestion``: a branch officer's, which an organiser may take up; it doesn't count until then.
    """

    __tablename__ = "position_claim"
    __table_args__ = (
        in_campaign(),
        own_engagement(),
        one_of("position", Position),
        one_of("confidence", Confidence),
        one_of("basis", Basis),
        CheckConstraint("evidence_url ~* '^https?://'", name="evidence_url"),
        Index("ix_position_claim_person_id_ask_id", "person_id", "ask_id"),
        Index(
            "ix_position_claim_ask_id_person_id", "ask_id", "person_id", "organisation_id", desc("held_on")
        ),
        Index("ix_position_claim_engagement_id", "engagement_id"),
        # What queries/current.py reads of all claims on an ask, in its order.
        Index(
            "ix_position_claim_standing",
            "ask_id",
            "person_id",
            "organisation_id",
            desc("held_on"),
            desc("created_at"),
            desc("id"),
            postgresql_include=["campaign_id", "position", "basis", "confidence", "engagement_id"],
            postgresql_where=text("NOT is_suggestion"),
        ),
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


class DisputeResolver(Shared, Authored, db.Model):
    """Whom the coordinator named to settle where a person stands on an ask; the latest row counts.

    The coordinator may settle every dispute, with or without a row here.
    """

    __tablename__ = "dispute_resolver"
    __table_args__ = (
        in_campaign(),
        ForeignKeyConstraint(
            ["campaign_id", "resolver_organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        Index("ix_dispute_resolver_ask_id_person_id", "ask_id", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"))
    resolver_organisation_id: Mapped[UUID]


class DisputeResolution(Shared, Authored, db.Model):
    """How a dispute was settled, and why. It stands until a newer claim contradicts it; the latest row counts.

    ``author_label`` names who settled it, for the organisation ``organisation_id``. ``claim_ids``: the claims
    that stood when it was settled.
    """

    __tablename__ = "dispute_resolution"
    __table_args__ = (
        in_campaign(),
        one_of("position", Position),
        CheckConstraint(f"char_length(reason) BETWEEN 1 AND {LONGEST_REASON}", name="reason"),
        Index("ix_dispute_resolution_ask_id_person_id", "ask_id", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"))
    position: Mapped[str]
    reason: Mapped[str]
    claim_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
