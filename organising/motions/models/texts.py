"""Model texts: what the coalition offers branches to put. Who reads a draft, and that a version stays, the database decides."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from organising.motions.states import Forum
from organising.motions.text import MotionText
from organising.platform.db import Shared, db
from organising.platform.languages import LANGUAGES

LONGEST_TITLE = 200
LONGEST_PART = 8000
LONGEST_NEWS = 1000
LONGEST_REASON = 500


def quoted(words: Iterable[str]) -> str:
    """Words as SQL lists them."""
    return ", ".join(f"'{word}'" for word in words)


class ModelText(Shared, db.Model):
    """A model text through all its versions, in one language; a translation is a text of its own."""

    __tablename__ = "motion_text"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        UniqueConstraint("organisation_id", "id"),
        CheckConstraint(f"language IN ({quoted(LANGUAGES)})", name="language"),
        Index("ix_motion_text_campaign_id", "campaign_id"),
    )

    language: Mapped[str]


class ModelVersion(Shared, db.Model):
    """One version: a draft until the lead's coordinator publishes it, and from then on the same for ever.

    A text has one draft at most. ``revision`` counts how often the draft was saved, ``news`` says what is new since the version
    before, ``briefing`` helps whoever moves it. ``offered_at``: the coordinator is asked to publish it; ``returned_note``: they
    asked for something else first. The database writes what is said of publication and withdrawal.
    """

    __tablename__ = "motion_text_version"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        ForeignKeyConstraint(
            ["organisation_id", "text_id"], ["motion_text.organisation_id", "motion_text.id"]
        ),
        UniqueConstraint("text_id", "number"),
        Index(
            "uq_motion_text_version_draft",
            "text_id",
            unique=True,
            postgresql_where=sql("published_at IS NULL"),
        ),
        Index("ix_motion_text_version_campaign_id", "campaign_id"),
        CheckConstraint(f"char_length(title) BETWEEN 1 AND {LONGEST_TITLE}", name="title"),
        CheckConstraint(
            " AND ".join(
                f"char_length({part}) <= {LONGEST_PART}"
                for part in ("notes", "believes", "resolves", "briefing")
            )
            + f" AND char_length(news) <= {LONGEST_NEWS}",
            name="length",
        ),
        CheckConstraint(
            f"forums <@ ARRAY[{quoted(Forum)}] AND cardinality(forums) > 0",
            name="forums",
        ),
        CheckConstraint("num_nonnulls(published_at, published_label, digest) IN (0, 3)", name="published"),
        CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_label, withdrawal_reason) IN (0, 3)", name="withdrawn"
        ),
        CheckConstraint("published_at IS NOT NULL OR withdrawn_at IS NULL", name="withdrawn_after"),
        CheckConstraint("published_at IS NULL OR (resolves <> '' AND offered_at IS NULL)", name="complete"),
        CheckConstraint(
            f"char_length(withdrawal_reason) BETWEEN 1 AND {LONGEST_REASON}", name="withdrawal_reason"
        ),
        CheckConstraint(f"char_length(returned_note) BETWEEN 1 AND {LONGEST_NEWS}", name="returned_note"),
    )

    text_id: Mapped[UUID]
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    notes: Mapped[str]
    believes: Mapped[str]
    resolves: Mapped[str]
    briefing: Mapped[str]
    news: Mapped[str]
    edited_label: Mapped[str]
    forums: Mapped[list[str]] = mapped_column(ARRAY(Text))
    ask_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    offered_at: Mapped[datetime | None]
    returned_note: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_label: Mapped[str | None]
    digest: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_label: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]

    @property
    def is_usable(self) -> bool:
        """Whether branches may take it up: published and not withdrawn."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def text(self) -> MotionText:
        """Its words as a motion has them."""
        return MotionText(self.title, self.notes, self.believes, self.resolves)
