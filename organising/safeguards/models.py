"""The agreement's later versions and who accepted which; what was taken out, under which clause."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.checks import one_of
from ..platform.db import Owned, Shared, db
from .terms import ExportKind


def member_key() -> ForeignKeyConstraint:
    """Shared rows belong to an organisation that takes part in the campaign."""
    return ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


class AgreementVersion(Shared, db.Model):
    """A version that the lead set after the template, which is number 1 and has no row. Never changed."""

    __tablename__ = "agreement_version"
    __table_args__: Any = (
        UniqueConstraint("campaign_id", "number"),
        member_key(),
        CheckConstraint("number > 1", name="number"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
        CheckConstraint("char_length(note) BETWEEN 1 AND 1000", name="note"),
    )

    number: Mapped[int]
    name: Mapped[str]
    note: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AgreementAcceptance(Shared, db.Model):
    """An admin's yes for their organisation to one version, word for word (``digest``). Partners see it; never changed."""

    __tablename__ = "agreement_acceptance"
    __table_args__: Any = (
        UniqueConstraint("campaign_id", "organisation_id", "version"),
        member_key(),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("char_length(digest) = 64", name="digest"),
    )

    version: Mapped[int]
    name: Mapped[str]
    digest: Mapped[str]


class ExportRecord(Owned, db.Model):
    """One file that somebody took out. Never changed, never removed."""

    __tablename__ = "export_record"
    __table_args__: Any = (
        one_of("kind", ExportKind),
        CheckConstraint("row_count >= 0", name="row_count"),
        CheckConstraint("clause ~ '^[0-9]+[.][0-9]+$'", name="clause"),
        Index("ix_export_record_organisation_id_created_at_id", "organisation_id", "created_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID | None]
    kind: Mapped[str]
    # Which list of what is shared, a code of ours.
    what: Mapped[str]
    row_count: Mapped[int]
    reason: Mapped[str]
    clause: Mapped[str]
    version: Mapped[int]
    # Whether the organisation had said yes to that version; in practice mode it may not have.
    is_accepted: Mapped[bool] = mapped_column(Boolean)


class Lasting(Shared):
    """What an organisation says of itself until it takes it back: from ``created_at`` until ``ended_at``."""

    ended_at: Mapped[datetime | None]
    ended_label: Mapped[str | None]

    def end(self, at: datetime, by: str) -> bool:
        """Take it back; returns whether that changed anything."""
        if self.ended_at is not None:
            return False
        self.ended_at, self.ended_label = at, by
        return True


class GoingLive(Lasting, db.Model):
    """An organisation's time with real people."""

    __tablename__ = "going_live"
    __table_args__: Any = (
        member_key(),
        CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
        Index(
            "uq_going_live_open", "organisation_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )


class PeopleStorageOff(Lasting, db.Model):
    """The time in which an organisation keeps no person. A trigger refuses whoever comes in meanwhile."""

    __tablename__ = "people_storage_off"
    __table_args__: Any = (
        member_key(),
        CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
        Index(
            "uq_people_storage_off_open",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
