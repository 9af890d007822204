"""How many of something lie in each constituency, for maps of hexagons."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from organising.platform.db import db
from organising.representatives.models import Area, AreaKind


@dataclass(frozen=True)
class SeatCount:
    """A constituency with how many are in it."""

    area_id: UUID
    name: str
    region: str | None
    number: int


def count_in_seats(row: Any, area: Any, found: Select[UUID]) -> list[SeatCount]:
    """Constituencies with some of ``found``, those with the most first: one statement.

    ``row`` and ``area`` are the two columns of the table that says what lies where. What lies across two counts in both.
    """
    number = func.count(row)
    statement = (
        select(Area.id, Area.name, Area.region, number)
        .join(row.class_, area == Area.id)
        .where(Area.kind == AreaKind.WESTMINSTER, row.in_(found))
        .group_by(Area.id)
        .order_by(number.desc(), Area.sort_key, Area.id)
    )
    return [SeatCount(*tuple(one)) for one in db.session.execute(statement)]  # type: ignore[arg-type]
