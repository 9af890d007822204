"""What was done to many contacts at once: tagged, a tag taken off, assigned. Each can be undone as a whole."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from ...platform.checks import one_of
from ...platform.db import db
from .contacts import Held, of_contact


class BulkDeed(StrEnum):
    TAG = "tag"
    UNTAG = "untag"
    UNIT = "unit"
    COLLEAGUE = "colleague"


class ContactChange(Held, db.Model):
    """One deed. ``target_id`` is the tag, the unit (None: the whole organisation) or the colleague (None: nobody).

    ``made_at`` is the very moment that the tags it gave bear: those that somebody gave by hand since bear another.
    """

    __tablename__ = "contact_change"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("deed", BulkDeed),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        Index(None, "organisation_id", "created_at"),
    )

    deed: Mapped[str]
    target_id: Mapped[UUID | None]
    target_label: Mapped[str]
    submission_key: Mapped[UUID]
    made_at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    changed: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class ContactChanged(Held, db.Model):
    """A contact that a deed changed. ``before_id``: the unit or the colleague that it had."""

    __tablename__ = "contact_changed"
    __table_args__: Any = (
        of_contact(),
        ForeignKeyConstraint(
            ["organisation_id", "change_id"],
            ["contact_change.organisation_id", "contact_change.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "change_id", "contact_id"),
        Index(None, "organisation_id", "contact_id"),
    )

    change_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    before_id: Mapped[UUID | None]
