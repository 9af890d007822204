"""Rules of an organisation for duplicates, pairs that are two people, and merges that can be undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import db
from ...platform.sealing import Sealed
from ..duplicates import RuleKind
from .contacts import Held


def contact_key(column: str) -> ForeignKeyConstraint:
    """A contact of the same organisation; what is about it goes with it."""
    return ForeignKeyConstraint(
        ["organisation_id", column], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
    )


class DuplicateRule(Held, db.Model):
    """The organisation's own rule of one kind; without one the first rules hold. ``fields``: field, weight, length."""

    __tablename__ = "duplicate_rule"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "kind"),
        one_of("kind", RuleKind),
        CheckConstraint("threshold > 0", name="threshold"),
    )

    kind: Mapped[str]
    threshold: Mapped[int]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class NotDuplicate(Held, db.Model):
    """A person said that these two are two: no list proposes them again. The lesser id stands first."""

    __tablename__ = "not_duplicate"
    __table_args__: Any = (
        contact_key("first_id"),
        contact_key("second_id"),
        UniqueConstraint("organisation_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
        Index(None, "organisation_id", "second_id"),
    )

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    author_label: Mapped[str]


class ContactMerge(Held, db.Model):
    """One contact merged into another. ``moved`` are ids of what went over; ``before`` is what undoing needs, sealed.

    ``before`` is emptied when the time to undo is over.
    """

    __tablename__ = "contact_merge"
    __table_args__: Any = (
        contact_key("kept_id"),
        contact_key("merged_id"),
        CheckConstraint("kept_id <> merged_id", name="two"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        Index(None, "organisation_id", "kept_id"),
        Index(None, "organisation_id", "merged_id"),
    )

    kept_id: Mapped[UUID]
    merged_id: Mapped[UUID]
    author_label: Mapped[str]
    moved: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    before_cipher: Mapped[bytes | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

    before = Sealed("before_cipher")
