"""Areas: seats and the areas of bodies, in every generation of their boundaries; how they overlap and are drawn."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Text, UniqueConstraint
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
    ICB = "icb"  # also the health boards of Scotland and Wales, and Northern Ireland's trusts
    COMBINED_AUTHORITY = "combined_authority"
    FIRE_AUTHORITY = "fire_authority"
    REGION = "region"
    NHS_REGION = "nhs_region"
    COUNTRY = "country"


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
    """What a source calls an area; a recoded seat keeps its former code here.

    Scheme ``gss`` is the code of an area that exists, ``gss_2010`` that of a seat on the boundaries of 2010 to 2024: five
    Scottish codes name a seat in either. ``gss_draft`` is a code that was given up before it came into force.
    """

    __tablename__ = "area_identifier"
    __ownership__ = Ownership.REFERENCE

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class AreaOverlap(db.Model):
    """What part of one area lies in another, by one source: shares from 0 to 1, empty where the source is silent.

    ``population_share`` and ``area_share`` are of the area at ``from_area_id``, the other two of that at
    ``to_area_id``. One that its source no longer names is ended and not deleted.
    """

    __tablename__ = "area_overlap"
    __ownership__ = Ownership.REFERENCE
    __table_args__ = (
        CheckConstraint("from_area_id <> to_area_id", name="two"),
        CheckConstraint(
            "population_share BETWEEN 0 AND 1 AND area_share BETWEEN 0 AND 1"
            " AND to_population_share BETWEEN 0 AND 1 AND to_area_share BETWEEN 0 AND 1",
            name="shares",
        ),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    from_area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)
    to_area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)
    population_share: Mapped[float | None] = mapped_column(Double)
    area_share: Mapped[float | None] = mapped_column(Double)
    to_population_share: Mapped[float | None] = mapped_column(Double)
    to_area_share: Mapped[float | None] = mapped_column(Double)
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AreaLayout(Reference, db.Model):
    """A map of areas as hexagons, such as “uk-constituencies-2024”. ``orientation`` is hexjson's, such as “odd-r”."""

    __tablename__ = "area_layout"

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    orientation: Mapped[str]
    version: Mapped[str | None]


class AreaLayoutCell(db.Model):
    """Where an area's hexagon stands: column ``q``, row ``r``, rows counted upwards."""

    __tablename__ = "area_layout_cell"
    __ownership__ = Ownership.REFERENCE
    # Deferred: a new version may exchange the places of two areas.
    __table_args__ = (UniqueConstraint("layout_id", "q", "r", deferrable=True, initially="DEFERRED"),)

    layout_id: Mapped[UUID] = mapped_column(ForeignKey("area_layout.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)
    q: Mapped[int]
    r: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
