"""What people in public life belong to beside their seats: government, opposition, committees, groups."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.db import Reference, db
from organising.representatives.models.people import Person
from organising.representatives.models.spans import FOLDED, Span, known_precision


class BodyKind(StrEnum):
    HOUSE = "house"
    COMMITTEE = "committee"
    GROUP = "group"
    GOVERNMENT = "government"
    OTHER = "other"


class AffiliationKind(StrEnum):
    GOVERNMENT = "government"
    OPPOSITION = "opposition"
    PARLIAMENTARY = "parliamentary"
    COMMITTEE = "committee"
    GROUP = "group"
    EXPERIENCE = "experience"
    INTEREST = "interest"


class Body(Reference, db.Model):
    """A committee, an all-party or cross-party group, or the part of a government or house with a post in it."""

    __tablename__ = "body"
    __table_args__ = (
        one_of("kind", BodyKind),
        UniqueConstraint("kind", "key"),
        Index("ix_body_kind_sort_key", "kind", "sort_key"),
    )

    kind: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    parliament: Mapped[str | None]
    purpose: Mapped[str | None]
    url: Mapped[str | None]
    source: Mapped[str]


class Affiliation(Reference, Span, db.Model):
    """One membership or post of one person; open while ``end_on`` is empty.

    A source may name people who are not on record: ``holder_scheme`` and ``holder_value`` keep what it calls
    them, and ``person_id`` is set once a file brings that person.
    """

    __tablename__ = "affiliation"
    __table_args__ = (
        one_of("kind", AffiliationKind),
        CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="order"),
        known_precision(),
        UniqueConstraint("source", "source_id"),
        Index("ix_affiliation_holder_scheme_holder_value", "holder_scheme", "holder_value"),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    holder_scheme: Mapped[str]
    holder_value: Mapped[str]
    kind: Mapped[str]
    body_id: Mapped[UUID | None] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[str | None]
    source: Mapped[str]
    source_id: Mapped[str]
    source_statement: Mapped[str]

    person: Mapped[Person | None] = relationship(viewonly=True)
    body: Mapped[Body | None] = relationship(viewonly=True)
