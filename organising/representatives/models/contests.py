"""Elections in a seat: when the poll was, and how it went."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.db import Reference, db
from organising.representatives.models.areas import Area


class ContestKind(StrEnum):
    GENERAL = "general"
    BY_ELECTION = "by_election"


class Contest(Reference, db.Model):
    """One poll in one seat. ``result`` is the source's own words, such as “Lab hold”."""

    __tablename__ = "contest"
    __table_args__ = (one_of("kind", ContestKind), UniqueConstraint("area_id", "poll_on"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str]
    poll_on: Mapped[date]
    result: Mapped[str | None]
    electorate: Mapped[int | None]
    valid_votes: Mapped[int | None]
    majority: Mapped[int | None]
    source: Mapped[str]

    area: Mapped[Area] = relationship(viewonly=True)
