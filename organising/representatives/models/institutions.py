"""Institutions: bodies of which the campaign asks something, with the area they serve."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Ownership, Reference, db
from organising.representatives.models.areas import Area
from organising.representatives.models.spans import FOLDED


class InstitutionKind(StrEnum):
    DEPARTMENT = "department"
    POLICE_FORCE = "police_force"
    POLICE_COMMISSIONER = "police_commissioner"
    HEALTH_BOARD = "health_board"
    TRUST = "trust"
    LOCAL_AUTHORITY = "local_authority"
    SCHOOL = "school"
    OTHER = "other"


class Institution(Reference, db.Model):
    """A public body. One that was abolished keeps its rows; ``successor_id`` says who took over.

    ``ended_on`` is its last day or, where the source says only that it is over, the day before that was learnt.
    """

    __tablename__ = "institution"
    __table_args__ = (
        one_of("kind", InstitutionKind),
        CheckConstraint("ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on", name="order"),
        CheckConstraint("successor_id <> id", name="successor"),
        Index("ix_institution_kind_sort_key", "kind", "sort_key"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    other_names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    email: Mapped[str | None]
    requests_email: Mapped[str | None]
    website: Mapped[str | None]
    source: Mapped[str]

    area: Mapped[Area | None] = relationship(viewonly=True)
    successor: Mapped[Institution | None] = relationship(
        viewonly=True, remote_side="Institution.id", foreign_keys="Institution.successor_id"
    )


class InstitutionIdentifier(db.Model):
    """What a source calls an institution: an ODS code, a GSS code, a name in a register."""

    __tablename__ = "institution_identifier"
    __ownership__ = Ownership.REFERENCE

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
