"""The history of imports, and what an import could not match and asks a person."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Uuid

from organising.platform.checks import one_of
from organising.platform.db import Reference, db
from organising.representatives.models.people import Person


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    IGNORED = "ignored"


class ImportBatch(Reference, db.Model):
    """One file that was imported: when, by whom, what it was, and what came of it.

    ``sha256`` is of the file as it was given. ``counts`` has a number per kind of entry and outcome.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_sha256", "sha256"),)

    source: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    as_of: Mapped[date]
    by_label: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rejected: Mapped[int]
    questions: Mapped[int]
    applied: Mapped[bool]


class ImportQuestion(Reference, db.Model):
    """Somebody in a file whom an import can't match for certain; nothing is guessed until it is answered.

    ``scheme`` and ``value`` are what the source calls them: an answer becomes that identifier of the person, and
    so holds for every later import. Answered without a person: none of the candidates, somebody new.
    ``says`` is what the file says; ``candidate_ids`` are people on record who may be meant.
    """

    __tablename__ = "import_question"
    __table_args__ = (
        one_of("state", QuestionState),
        UniqueConstraint("scheme", "value"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("person_id IS NULL OR state = 'answered'", name="person"),
        Index("ix_import_question_state_created_at", "state", "created_at"),
    )

    source: Mapped[str]
    place: Mapped[str]
    scheme: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    says: Mapped[dict[str, Any]] = mapped_column(JSONB)
    candidate_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(default=QuestionState.OPEN)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(viewonly=True)

    @property
    def name(self) -> str:
        """The name that the file gives, else what it calls them."""
        return str(self.says.get("name") or self.value)

    def answer(self, person_id: UUID | None, by: str, at: datetime) -> bool:
        """Note who is meant (None: somebody new); returns whether that changed anything."""
        if self.state == QuestionState.ANSWERED and self.person_id == person_id:
            return False
        self.state, self.person_id, self.answered_by, self.answered_at = (
            QuestionState.ANSWERED, person_id, by, at,
        )  # fmt: skip
        return True

    def ignore(self, by: str, at: datetime) -> bool:
        """Leave these entries out of every import; returns whether that changed anything."""
        if self.state == QuestionState.IGNORED:
            return False
        self.state, self.person_id, self.answered_by, self.answered_at = (
            QuestionState.IGNORED, None, by, at,
        )  # fmt: skip
        return True

    def reopen(self) -> bool:
        """Ask again; returns whether that changed anything."""
        if self.state == QuestionState.OPEN:
            return False
        self.state, self.person_id, self.answered_by, self.answered_at = QuestionState.OPEN, None, None, None
        return True
