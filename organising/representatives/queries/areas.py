"""Reading areas: which there are, how they overlap, who answers for what in them, and where their hexagons stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from organising.platform.db import db, get_or_404
from organising.representatives.models import (
    Area,
    AreaKind,
    AreaLayout,
    AreaLayoutCell,
    AreaOverlap,
    Responsibility,
)


@dataclass(frozen=True)
class Overlap:
    """Another area that lies across this one. Shares from 0 to 1, ``None`` where no source says.

    ``share``: of this area's people, how many live in the other; ``other_share``: of the other's, how many live here.
    """

    area_id: UUID
    kind: str
    name: str
    share: float | None
    other_share: float | None


@dataclass(frozen=True)
class Cell:
    """An area's hexagon in a layout: column ``q``, row ``r``, rows counted upwards."""

    area_id: UUID
    name: str
    region: str | None
    q: int
    r: int


def exists_on(on: date) -> ColumnElement[bool]:
    """Areas that are there on a day."""
    return and_(
        or_(Area.start_on.is_(None), Area.start_on <= on), or_(Area.end_on.is_(None), Area.end_on >= on)
    )


def find_seat_name(gss_code: str | None) -> str | None:
    """The name of the Westminster constituency of this code, or ``None``."""
    if gss_code is None:
        return None
    seat = select(Area.name).where(Area.kind == AreaKind.WESTMINSTER, Area.gss_code == gss_code)
    return db.session.scalar(seat)


def get_area(area_id: UUID) -> Area:
    """One area. Raises NotFound."""
    area: Area = get_or_404(Area, area_id)
    return area


def list_areas(kind: str, *, on: date) -> Sequence[Area]:
    """The areas of one kind that are there on a day, by name."""
    statement = select(Area).where(Area.kind == kind, exists_on(on)).order_by(Area.sort_key, Area.id)
    return db.session.scalars(statement).all()


def _pairs() -> Select[UUID, UUID, float | None, float | None]:
    """Every overlap that is in force, seen from either side: here, there, share of here, share of there."""
    live = AreaOverlap.ended_on.is_(None)
    forth = select(
        AreaOverlap.from_area_id.label("here"),
        AreaOverlap.to_area_id.label("there"),
        AreaOverlap.population_share.label("share"),
        AreaOverlap.to_population_share.label("other_share"),
    ).where(live)
    back = select(
        AreaOverlap.to_area_id,
        AreaOverlap.from_area_id,
        AreaOverlap.to_population_share,
        AreaOverlap.population_share,
    ).where(live)
    both = union_all(forth, back).subquery()
    return select(both.c.here, both.c.there, both.c.share, both.c.other_share)


def list_overlaps(area_id: UUID, kind: str = "", *, on: date | None = None) -> list[Overlap]:
    """What lies across an area, the largest part first; of one ``kind`` where that is given.

    Several sources may tell of one pair; the larger share is taken, since they only differ in how they round. ``on``: only areas that are there on this day (else also former ones).
    """
    pairs = _pairs().subquery()
    share, other = func.max(pairs.c.share), func.max(pairs.c.other_share)
    statement = (
        select(Area.id, Area.kind, Area.name, share, other)
        .join(pairs, pairs.c.there == Area.id)
        .where(pairs.c.here == area_id)
        .group_by(Area.id)
        .order_by(share.desc().nulls_last(), Area.sort_key)
    )
    if kind:
        statement = statement.where(Area.kind == kind)
    if on:
        statement = statement.where(exists_on(on))
    return [Overlap(*tuple(row)) for row in db.session.execute(statement)]


def seats_overlapping(area_id: UUID, *, on: date) -> Select[UUID, float | None]:
    """The constituencies of a day that lie in an area, wholly or in part: columns ``area_id`` and ``share``.

    ``share`` is how much of the constituency's people live in the area, 0 to 1, empty where no source says. To use as
    a subquery: ``OfficeHolding.area_id.in_(select(seats.c.area_id))``.
    """
    pairs = _pairs().subquery()
    return (
        select(Area.id.label("area_id"), func.max(pairs.c.share).label("share"))
        .join(pairs, pairs.c.here == Area.id)
        .where(pairs.c.there == area_id, Area.kind == AreaKind.WESTMINSTER, exists_on(on))
        .group_by(Area.id)
    )


def list_responsibilities(area_id: UUID) -> Sequence[Responsibility]:
    """Who answers for what in a constituency, by service, with the institution where it is on record."""
    statement = (
        select(Responsibility)
        .where(Responsibility.area_id == area_id, Responsibility.ended_on.is_(None))
        .options(joinedload(Responsibility.institution))
        .order_by(Responsibility.service, Responsibility.body)
    )
    return db.session.scalars(statement).all()


def list_layouts() -> Sequence[AreaLayout]:
    """The maps of hexagons on record, by name."""
    return db.session.scalars(select(AreaLayout).order_by(AreaLayout.name)).all()


def list_layout(name: str) -> list[Cell]:
    """The hexagons of one map, by the areas' names; empty where there is no such map."""
    statement = (
        select(Area.id, Area.name, Area.region, AreaLayoutCell.q, AreaLayoutCell.r)
        .join(AreaLayoutCell, AreaLayoutCell.area_id == Area.id)
        .join(AreaLayout, AreaLayout.id == AreaLayoutCell.layout_id)
        .where(AreaLayout.name == name)
        .order_by(Area.sort_key, Area.id)
    )
    return [Cell(*tuple(row)) for row in db.session.execute(statement)]  # type: ignore[arg-type]
