"""What the grid's filters can be set to, and the conditions behind those of place and committee."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, or_, select, union, union_all

from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import (
    Affiliation,
    Area,
    AreaKind,
    AreaOverlap,
    Body,
    BodyKind,
    Institution,
    OfficeHolding,
)
from organising.representatives.queries import in_office

# Boundaries of two sources never meet exactly: less than this share of either area is a seam, not common ground.
LEAST_SHARE = 0.005


@dataclass(frozen=True)
class FilterChoices:
    """Kinds of office held and of institutions there; committees by id and name; areas by id, kind and name."""

    kinds: frozenset[str]
    committees: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str, str], ...]


def read_choices() -> FilterChoices:
    """What there is to choose from, in one statement."""
    found = union_all(*_kinds(), _committees(), _areas()).subquery()
    columns = found.c
    rows = db.session.execute(select(*columns).order_by(columns.what, columns.kind, columns.sort_key)).all()
    return FilterChoices(
        frozenset(row.kind for row in rows if row.what == "kind"),
        tuple((row.id, row.name) for row in rows if row.what == "committee"),
        tuple((row.id, row.kind, row.name) for row in rows if row.what == "area"),
    )


def _kinds() -> list[Select[str, str, str, str, str]]:
    there = or_(Institution.ended_on.is_(None), Institution.ended_on >= today())
    none = literal("")
    return [
        select(
            literal("kind").label("what"), none.label("id"), column.label("kind"), none.label("name"),
            none.label("sort_key"),
        )
        .where(condition)
        .distinct()
        for column, condition in ((OfficeHolding.kind, in_office(today())), (Institution.kind, there))
    ]  # fmt: skip


def _committees() -> Select[str, str, str, str, str]:
    sits = select(Affiliation.body_id).where(still_sits(), Affiliation.person_id.is_not(None))
    return select(literal("committee"), cast(Body.id, Text), literal(""), Body.name, Body.sort_key).where(
        Body.kind == BodyKind.COMMITTEE, Body.id.in_(sits)
    )


def _areas() -> Select[str, str, str, str, str]:
    known = union(
        select(AreaOverlap.from_area_id).where(AreaOverlap.ended_on.is_(None)),
        select(AreaOverlap.to_area_id).where(AreaOverlap.ended_on.is_(None)),
    )
    return select(literal("area"), cast(Area.id, Text), Area.kind, Area.name, Area.sort_key).where(
        Area.id.in_(known), Area.kind != AreaKind.WESTMINSTER, Area.end_on.is_(None)
    )


def seats_within(area_id: UUID | None) -> Select[UUID]:
    """The areas that share ground with this one, by any source that still says so."""
    shares = func.greatest(
        AreaOverlap.population_share,
        AreaOverlap.area_share,
        AreaOverlap.to_population_share,
        AreaOverlap.to_area_share,
    )
    common = (AreaOverlap.ended_on.is_(None), or_(shares.is_(None), shares >= LEAST_SHARE))
    there = union(
        select(AreaOverlap.to_area_id.label("id")).where(AreaOverlap.from_area_id == area_id, *common),
        select(AreaOverlap.from_area_id).where(AreaOverlap.to_area_id == area_id, *common),
    ).subquery()
    return select(there.c.id)


def still_sits() -> ColumnElement[bool]:
    """Memberships in force today."""
    return or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today())
