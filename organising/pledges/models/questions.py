"""What a drive asks after signing, and what signers answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import Owned, db
from ...platform.sealing import Sealed
from .texts import OfDrive, Translated, drive_key


class QuestionKind(StrEnum):
    SHORT = "short"
    CHOICE = "choice"


class PledgeQuestion(OfDrive, db.Model):
    """Something asked after signing, free to leave. ``choices``: one a line, empty for a short answer."""

    __tablename__ = "pledge_question"
    __table_args__: Any = (
        *drive_key(),
        one_of("kind", QuestionKind),
        CheckConstraint("(kind = 'choice') = (choices <> '')", name="choices"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place"),
        Index(
            "uq_pledge_question_place",
            "drive_id",
            "place",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    place: Mapped[int]
    kind: Mapped[str]
    label: Mapped[str]
    choices: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]


class PledgeQuestionText(OfDrive, db.Model):
    """A question in another language. Shown while its ``revision`` is the question's own."""

    __tablename__ = "pledge_question_text"
    __table_args__: Any = (
        UniqueConstraint("question_id", "language"),
        *drive_key(),
        one_of("language", Translated),
    )

    question_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_question.id"))
    language: Mapped[str]
    revision: Mapped[int]
    label: Mapped[str]
    choices: Mapped[str] = mapped_column(default="")


class PledgeAnswer(Owned, db.Model):
    """One signer's answer, the collecting organisation's alone; in no tally. It goes when the signer's details go.

    ``asked`` is the question in English, whatever language it was answered in.
    """

    __tablename__ = "pledge_answer"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "pledge_id", "question_id"),
        ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    pledge_id: Mapped[UUID]
    signing_id: Mapped[UUID] = mapped_column(index=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_question.id"))
    asked: Mapped[str]
    answer_cipher: Mapped[bytes]

    answer = Sealed("answer_cipher")
