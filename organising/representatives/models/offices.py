"""Offices held, what sources last said of them, and how to reach who holds one.

A by-election, a change of party or a dissolution ends one holding and starts another.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Ownership, Reference, db
from organising.representatives.models.areas import Area
from organising.representatives.models.institutions import Institution
from organising.representatives.models.people import Party, Person
from organising.representatives.models.spans import Span, known_precision


class OfficeKind(StrEnum):
    MP = "mp"
    PEER = "peer"
    MSP = "msp"
    MS = "ms"
    MLA = "mla"
    PCC = "pcc"
    MAYOR = "mayor"
    MINISTER = "minister"
    SHADOW = "shadow"
    COUNCILLOR = "councillor"
    CHIEF_CONSTABLE = "chief_constable"
    TRUST_CEO = "trust_ceo"
    CANDIDATE = "candidate"


class ContactKind(StrEnum):
    PARLIAMENTARY_OFFICE = "parliamentary_office"
    CONSTITUENCY_OFFICE = "constituency_office"
    DIARY = "diary"
    CASEWORKER = "caseworker"
    DEPARTMENT = "department"
    WEBSITE = "website"
    SOCIAL = "social"


class OfficeHolding(Reference, Span, db.Model):
    """One term in one office for one party; open while ``end_on`` is empty.

    ``source_id`` and ``source_statement`` are what the source calls it and last said of it, so that a file
    read again changes nothing that something newer has changed since.
    """

    __tablename__ = "office_holding"
    __table_args__ = (
        one_of("kind", OfficeKind),
        CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="order"),
        known_precision(),
        UniqueConstraint("source", "source_id"),
        Index(
            "uq_office_holding_open_seat",
            "area_id",
            unique=True,
            postgresql_where=text("end_on IS NULL AND kind = 'mp'"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    start_reason: Mapped[str | None]
    end_reason: Mapped[str | None]
    source: Mapped[str]
    source_id: Mapped[str | None]
    source_statement: Mapped[str | None]
    source_note: Mapped[str | None]

    person: Mapped[Person] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)
    institution: Mapped[Institution | None] = relationship(viewonly=True)
    party: Mapped[Party | None] = relationship(viewonly=True)


class ContactPoint(Reference, db.Model):
    """A published way to reach a person; ended, not deleted, when the source has another or none."""

    __tablename__ = "contact_point"
    __table_args__ = (
        one_of("kind", ContactKind),
        CheckConstraint("coalesce(email, phone, address, url) IS NOT NULL", name="something"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    url: Mapped[str | None]
    is_preferred: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    checked_on: Mapped[date]
    ended_on: Mapped[date | None]
    bounced_at: Mapped[datetime | None]


class SeatStatement(db.Model):
    """What an undated table last said of a seat: a repetition is no news, a difference is.

    ``person_id`` empty says vacant.
    """

    __tablename__ = "seat_statement"
    __ownership__ = Ownership.REFERENCE

    source: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
