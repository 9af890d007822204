"""Areas: seats and the areas of bodies, in every generation of their boundaries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Ownership, Reference, db
from organising.representatives.models.spans import FOLDED, Span, known_precision


class AreaKind(StrEnum):
    WESTMINSTER = "westminster"
    SCOTTISH = "scottish"
    SENEDD = "senedd"
    NI_ASSEMBLY = "ni_assembly"
    LOCAL_AUTHORITY = "local_authority"
    POLICE_FORCE = "police_force"
    ICB = "icb"


class Area(Reference, Span, db.Model):
    """An area with a seat. ``start_on`` tells the generations of boundaries apart."""

    __tablename__ = "area"
    __table_args__ = (
        one_of("kind", AreaKind),
        known_precision(),
        # Deferred: an import may exchange the codes of two seats.
        UniqueConstraint("kind", "gss_code", deferrable=True, initially="DEFERRED"),
        Index("ix_area_kind_sort_key", "kind", "sort_key"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    other_names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    gss_code: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    hex_q: Mapped[int | None]
    hex_r: Mapped[int | None]


class AreaIdentifier(db.Model):
    """What a source calls an area; a recoded seat keeps its former code here."""

    __tablename__ = "area_identifier"
    __ownership__ = Ownership.REFERENCE

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
