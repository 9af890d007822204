"""What stays in the organisation: where exactly, who leads, which contacts were there, and the history."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from .headline import OWN_ACTION


class ActionDetail(Owned, db.Model):
    """What stays in the organisation: whose unit, where exactly, notes, who leads, how it was approved.

    ``postcode_answer`` is what the look-up of the headline's postcode said when it was last saved.
    """

    __tablename__ = "action_detail"
    __table_args__ = (
        UniqueConstraint("organisation_id", "action_id"),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "series_id"],
            ["action_series.organisation_id", "action_series.id"],
        ),
        CheckConstraint("approval IN ('standing', 'person')", name="approval"),
        Index("ix_action_detail_organisation_id_unit_id", "organisation_id", "unit_id"),
        Index("ix_action_detail_organisation_id_series_id", "organisation_id", "series_id"),
    )

    action_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    venue_cipher: Mapped[bytes | None]
    notes_cipher: Mapped[bytes | None]
    lead_user_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    approval: Mapped[str | None]
    postcode_answer: Mapped[str | None]
    series_id: Mapped[UUID | None]

    venue = Sealed("venue_cipher")
    notes = Sealed("notes_cipher")


class ActionContact(Owned, db.Model):
    """That one of the organisation's own contacts was there. The headline is shared, and this never."""

    __tablename__ = "action_contact"
    __table_args__: Any = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "contact_id", "action_id"),
        Index(None, "organisation_id", "action_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    contact_id: Mapped[UUID]
    action_id: Mapped[UUID]
    author_label: Mapped[str]


class ActionEvent(Owned, db.Model):
    """The history of an action, append-only: what was done, by whom, which fields, with which comment."""

    __tablename__ = "action_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        Index(
            "ix_action_event_organisation_id_action_id_created_at",
            "organisation_id",
            "action_id",
            "created_at",
        ),
    )

    action_id: Mapped[UUID]
    what: Mapped[str]
    user_id: Mapped[UUID | None]
    user_label: Mapped[str]
    state: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(JSONB, default=list)
    comment_cipher: Mapped[bytes | None]

    comment = Sealed("comment_cipher")
