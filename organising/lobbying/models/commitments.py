"""Commitments: what someone was asked for and promised, until it is delivered or comes to nothing.

Partners read all but :class:`CommitmentOwn`; the organisation that wrote a commitment alone changes it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.commitment_states import OPEN as OPEN
from organising.lobbying.commitment_states import CommitmentState, is_overdue
from organising.lobbying.models.pursued import HistoryLine, OwnSide, Pursued
from organising.lobbying.models.shared import (
    AboutSubject,
    Authored,
    in_campaign,
    of_unit,
    one_subject,
    own_engagement,
)
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.representatives.models import Parliament

PROMISE_LENGTH = 280


class CommitmentKind(StrEnum):
    SIGN_PLEDGE = "sign_pledge"
    SIGN_EDM = "sign_edm"
    TABLE_EDM = "table_edm"
    WRITTEN_QUESTION = "written_question"
    ORAL_QUESTION = "oral_question"
    SPEAK = "speak"
    VOTE = "vote"
    TABLE_AMENDMENT = "table_amendment"
    WRITE_TO_MINISTER = "write_to_minister"
    MEET_MINISTER = "meet_minister"
    HOST_EVENT = "host_event"
    PUBLIC_STATEMENT = "public_statement"
    VISIT_SERVICE = "visit_service"
    JOIN_APPG = "join_appg"


K = CommitmentKind
# What can be done only on a day on which the chamber sits.
IN_CHAMBER = frozenset(
    {K.SIGN_EDM, K.TABLE_EDM, K.WRITTEN_QUESTION, K.ORAL_QUESTION, K.SPEAK, K.VOTE, K.TABLE_AMENDMENT}
)


class EvidenceKind(StrEnum):
    """What shows that a promise was kept."""

    PARLIAMENT_RECORD = "parliament_record"
    PUBLIC_STATEMENT = "public_statement"
    LETTER = "letter"
    SEEN = "seen"
    PRESS = "press"
    OTHER = "other"


class ChangeKind(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    REDATED = "redated"
    EDITED = "edited"
    CHASED = "chased"
    UNDONE = "undone"


def own_commitment(**options: Any) -> ForeignKeyConstraint:
    """The commitment that a row hangs on is of the same organisation."""
    return ForeignKeyConstraint(
        ["commitment_id", "organisation_id"], ["commitment.id", "commitment.organisation_id"], **options
    )


class Commitment(Pursued, Shared, Authored, AboutSubject, db.Model):
    """Something that someone was asked to do, or promised.

    ``evidence_id`` is set exactly while it is delivered. ``due_key`` is the day it is due, for sorting: those without
    one come last. ``parliament_id``: the Commons in which a member promised it.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        in_campaign(),
        one_subject(),
        own_engagement(),
        # Deferred: the evidence is written after what it shows. An alteration, since the two tables name each other.
        ForeignKeyConstraint(
            ["evidence_id", "id"],
            ["commitment_evidence.id", "commitment_evidence.commitment_id"],
            name="fk_commitment_evidence_id_id",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        UniqueConstraint("id", "organisation_id"),
        one_of("kind", CommitmentKind),
        one_of("state", CommitmentState),
        CheckConstraint(f"char_length(words) <= {PROMISE_LENGTH}", name="words"),
        CheckConstraint("(state = 'delivered') = (evidence_id IS NOT NULL)", name="evidence"),
        CheckConstraint("state NOT IN ('promised', 'broken') OR promised_on IS NOT NULL", name="promised"),
        Index("ix_commitment_campaign_id_due_key_id", "campaign_id", "due_key", "id"),
        Index("ix_commitment_person_id", "person_id"),
        Index("ix_commitment_institution_id", "institution_id"),
        Index("ix_commitment_engagement_id", "engagement_id"),
        Index("ix_commitment_parliament_id", "parliament_id"),
    )

    # No words, so that what an edit took out of a promise stays out.
    put_back_by: ClassVar[Mapping[str, Callable[[str], Any]]] = {
        "state": CommitmentState,
        "promised_on": date.fromisoformat,
        "due_on": date.fromisoformat,
        "chased_on": date.fromisoformat,
        "evidence_id": UUID,
    }

    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    asked_on: Mapped[date]
    promised_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_key: Mapped[date] = mapped_column(Computed("COALESCE(due_on, '9999-12-31'::date)", persisted=True))
    engagement_id: Mapped[UUID | None]
    parliament_id: Mapped[UUID | None] = mapped_column(ForeignKey("parliament.id"))
    evidence_id: Mapped[UUID | None]

    parliament: Mapped[Parliament | None] = relationship(viewonly=True)

    def move(self, state: CommitmentState, on: date, evidence_id: UUID | None = None) -> bool:
        """Take another state, on that day; returns whether that changed anything. The caller knows that it may."""
        if self.state == state:
            return False
        if state in (CommitmentState.PROMISED, CommitmentState.BROKEN) and self.promised_on is None:
            self.promised_on = on
        self.state = state
        self.evidence_id = evidence_id
        self.version += 1
        return True

    def redate(self, due_on: date | None) -> bool:
        """Set or take away the day; returns whether that changed anything."""
        if self.due_on == due_on:
            return False
        self.due_on = due_on
        self.version += 1
        return True

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed and nothing has settled it."""
        return is_overdue(self.state, self.due_on, on)


class CommitmentEvidence(Shared, Authored, db.Model):
    """What shows that a commitment was delivered. Only ever added; the commitment says which one counts."""

    __tablename__ = "commitment_evidence"
    __table_args__ = (
        in_campaign(),
        own_commitment(ondelete="CASCADE"),
        UniqueConstraint("id", "commitment_id"),
        one_of("kind", EvidenceKind),
        CheckConstraint("url ~* '^https?://'", name="url"),
        CheckConstraint(f"char_length(words) BETWEEN 1 AND {PROMISE_LENGTH}", name="words"),
        CheckConstraint("num_nonnulls(url, words) > 0", name="something"),
    )

    commitment_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    url: Mapped[str | None]
    words: Mapped[str | None]
    seen_on: Mapped[date]


class CommitmentChange(HistoryLine, Shared, Authored, db.Model):
    """One line of a commitment's history, with its state and day after it. Only ever added."""

    __tablename__ = "commitment_change"
    __table_args__ = (in_campaign(), own_commitment(ondelete="CASCADE"), one_of("kind", ChangeKind))

    commitment_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    due_on: Mapped[date | None]
    reason: Mapped[str | None]

    @property
    def is_undo(self) -> bool:
        """Whether it put something back."""
        return self.kind == ChangeKind.UNDONE

    @property
    def is_undoable(self) -> bool:
        """Whether this kind of change can be put back in one step."""
        kinds = (ChangeKind.MOVED, ChangeKind.REDATED, ChangeKind.CHASED)
        return self.before is not None and self.kind in kinds

    @property
    def state_before(self) -> str | None:
        """The state that it had before this change."""
        return (self.before or {}).get("state")

    @property
    def due_before(self) -> date | None:
        """The day that it had before this change."""
        day = (self.before or {}).get("due_on")
        return date.fromisoformat(day) if day else None


class CommitmentOwn(OwnSide, Owned, db.Model):
    """Who of the organisation chases a commitment, and for which unit. Private."""

    __tablename__ = "commitment_own"
    __table_args__ = (
        of_unit(),
        own_commitment(ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "commitment_id"),
        Index("ix_commitment_own_organisation_id_owner_user_id", "organisation_id", "owner_user_id"),
    )

    commitment_id: Mapped[UUID]
