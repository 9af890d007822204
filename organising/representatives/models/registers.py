"""Who answers for what in an area, and what a register last said of each of its entries."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.clock import now
from organising.platform.db import Ownership, db
from organising.representatives.models.institutions import Institution


class Responsibility(db.Model):
    """A body that answers for a public service in an area, such as “Schools and pre-school education”.

    ``institution_id`` is empty where the body named is none on record.
    """

    __tablename__ = "responsibility"
    __ownership__ = Ownership.REFERENCE

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    institution: Mapped[Institution | None] = relationship(viewonly=True)


class RegisterStatement(db.Model):
    """What a register last said of an entry: a repetition is no news, a difference is."""

    __tablename__ = "register_statement"
    __ownership__ = Ownership.REFERENCE

    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    statement: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
