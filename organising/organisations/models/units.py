"""Units of an organisation: the tree, the areas they cover, their officers, and what became of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import Owned, db
from ...platform.sealing import Sealed
from .closing import Closable


class UnitKind(StrEnum):
    NATIONAL = "national"
    REGION = "region"
    DISTRICT = "district"
    BRANCH = "branch"
    WORKPLACE_GROUP = "workplace_group"
    LOCAL_GROUP = "local_group"


class Unit(Closable, Owned, db.Model):
    """A district, branch, local group … in the tree of one organisation."""

    __tablename__ = "unit"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "parent_id"], ["unit.organisation_id", "unit.id"]),
        Index("ix_unit_organisation_id_parent_id", "organisation_id", "parent_id"),
        UniqueConstraint("organisation_id", "code"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    kind: Mapped[str]
    # The membership system's own number or code of it, by which a list is imported again.
    code: Mapped[str | None]


class OfficerRole(StrEnum):
    SECRETARY = "secretary"
    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    CHAIR = "chair"
    TREASURER = "treasurer"
    MEMBERSHIP_OFFICER = "membership_officer"
    EQUALITIES_OFFICER = "equalities_officer"
    CAMPAIGNS_OFFICER = "campaigns_officer"
    REPRESENTATIVE = "representative"
    OTHER = "other"


class UnitChangeKind(StrEnum):
    """What a unit's history tells of. Those up to ``reopened`` can be undone."""

    ADDED = "added"
    RENAMED = "renamed"
    MOVED = "moved"
    AREAS_CHANGED = "areas_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    OFFICER_ADDED = "officer_added"
    OFFICER_EDITED = "officer_edited"
    OFFICER_ENDED = "officer_ended"
    HANDED_OVER = "handed_over"
    ACTED_FOR = "acted_for"


def _unit_key(column: str = "unit_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], ["unit.organisation_id", "unit.id"])


class UnitArea(Owned, db.Model):
    """An area that a unit covers, by its code; the name is public and as it was called when it was chosen."""

    __tablename__ = "unit_area"
    __table_args__ = (
        _unit_key(),
        UniqueConstraint("organisation_id", "unit_id", "gss_code"),
        Index("ix_unit_area_organisation_id_gss_code", "organisation_id", "gss_code"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    unit_id: Mapped[UUID]
    gss_code: Mapped[str]
    kind: Mapped[str]
    area_name: Mapped[str]


class UnitOfficer(Owned, db.Model):
    """Somebody's office in a unit, from ``starts_on`` to ``ends_on``, both days included.

    ``user_id`` is there once they have an account with the organisation, which then says name and address; the
    database keeps one for every member whose role is a unit's officer. Until then the row's own are all there is.
    """

    __tablename__ = "unit_officer"
    __table_args__ = (
        _unit_key(),
        one_of("role", OfficerRole),
        CheckConstraint("ends_on >= starts_on", name="term"),
        CheckConstraint("user_id IS NOT NULL OR name_cipher IS NOT NULL", name="somebody"),
        ForeignKeyConstraint(
            ["organisation_id", "follows_id"],
            ["unit_officer.organisation_id", "unit_officer.id"],
            ondelete="SET NULL (follows_id)",
        ),
        Index("ix_unit_officer_organisation_id_unit_id", "organisation_id", "unit_id"),
        Index("ix_unit_officer_organisation_id_email_key", "organisation_id", "email_key"),
        Index("ix_unit_officer_organisation_id_user_id", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    unit_id: Mapped[UUID]
    role: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    name_cipher: Mapped[bytes | None]
    email_cipher: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    # Whose office they took over; their open work follows once both the day and an account are there.
    follows_id: Mapped[UUID | None]
    followed_at: Mapped[datetime | None]
    # An entry made by mistake: it counts nowhere, and nothing of it is shown.
    removed_at: Mapped[datetime | None]

    name = Sealed("name_cipher")
    email = Sealed("email_cipher")

    def is_present(self, day: date) -> bool:
        """Whether they hold the office on that day."""
        return (
            self.removed_at is None
            and self.starts_on <= day
            and (self.ends_on is None or self.ends_on >= day)
        )


class UnitChange(Owned, db.Model):
    """One line of a unit's history: what was changed, by whom, and for which officer where it was on their behalf."""

    __tablename__ = "unit_change"
    __table_args__ = (
        _unit_key(),
        one_of("kind", UnitChangeKind),
        ForeignKeyConstraint(
            ["organisation_id", "officer_id"],
            ["unit_officer.organisation_id", "unit_officer.id"],
            ondelete="SET NULL (officer_id)",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "unit_import_id"],
            ["unit_import.organisation_id", "unit_import.id"],
            ondelete="SET NULL (unit_import_id)",
        ),
        Index(
            "ix_unit_change_organisation_id_unit_id_created_at", "organisation_id", "unit_id", "created_at"
        ),
        Index("ix_unit_change_organisation_id_unit_import_id", "organisation_id", "unit_import_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    unit_id: Mapped[UUID]
    kind: Mapped[str]
    author_user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    officer_id: Mapped[UUID | None]
    # Names and places of units, codes of areas, roles and days: never who holds an office.
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    undone_at: Mapped[datetime | None]
    # The list by which it was done, where it was one.
    unit_import_id: Mapped[UUID | None]
