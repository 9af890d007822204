"""Which actions fall on which days, as an actor may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Interval, Select, cast, exists, func, literal, or_, select, text

from organising.actions.models import ActionArea, BranchAction
from organising.actions.queries import visible
from organising.calendars.days import Stretch
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.many import among
from organising.representatives.models import Area, AreaKind

ZONE = "Europe/London"


@dataclass(frozen=True)
class Filters:
    """What a calendar shows; empty means any. ``area``: a town or an area, or a part of its name; ``seat``: one area."""

    organisation_id: UUID | None = None
    kind: str | None = None
    region: str | None = None
    area: str | None = None
    seat: UUID | None = None


@dataclass(frozen=True)
class Day:
    """A day with its first actions by time, and how many there are in all."""

    day: date
    count: int
    actions: tuple[BranchAction, ...]


def shown(actor: Actor, filters: Filters) -> Select[BranchAction]:
    """What the actor may see and asked for. A draft that was called off before anybody saw it is no news."""
    statement = visible(actor).where(
        or_(BranchAction.state != "cancelled", BranchAction.shared_at.is_not(None))
    )
    if filters.organisation_id:
        statement = statement.where(BranchAction.organisation_id == filters.organisation_id)
    if filters.kind:
        statement = statement.where(BranchAction.kind == filters.kind)
    if filters.region:
        statement = statement.where(_lies_in(Area.region == filters.region))
    if filters.area:
        named = Area.name.icontains(filters.area, autoescape=True)
        written = BranchAction.area.icontains(filters.area, autoescape=True)
        statement = statement.where(or_(written, _lies_in(named)))
    if filters.seat:
        statement = statement.where(_lies_in(Area.id == filters.seat))
    return statement


def find_constituency_name(area_id: UUID) -> str | None:
    """A constituency's name, or ``None`` for any other area's id."""
    seat = select(Area.name).where(Area.id == area_id, Area.kind == AreaKind.WESTMINSTER)
    return db.session.scalar(seat)


def _lies_in(condition: Any) -> Any:
    return exists(
        select(ActionArea.id)
        .join(Area, Area.id == ActionArea.area_id)
        .where(ActionArea.action_id == BranchAction.id, condition)
    )


def from_day_on(actor: Actor, filters: Filters, begins: datetime) -> Select[BranchAction]:
    """What is not over before an instant; the page function orders it."""
    return shown(actor, filters).where(BranchAction.ends_at > begins)


def count_in(actor: Actor, filters: Filters, begins: datetime, ends: datetime) -> int:
    """How many actions touch a stretch of time."""
    found = within(actor, filters, begins, ends).with_only_columns(func.count(BranchAction.id))
    return int(db.session.scalar(found) or 0)


def within(actor: Actor, filters: Filters, begins: datetime, ends: datetime) -> Select[BranchAction]:
    """What touches a stretch of time."""
    return shown(actor, filters).where(BranchAction.starts_at < ends, BranchAction.ends_at > begins)


def list_days(actor: Actor, filters: Filters, stretch: Stretch, most: int) -> dict[date, Day]:
    """The days of a stretch on which there is something, each with its first ``most`` actions: two statements.

    An action is on every day in London that it touches.
    """
    placed = _placed(actor, filters, stretch)
    rows = db.session.execute(select(placed).where(placed.c.place <= most)).all()
    ids = {row.id for row in rows}
    found = db.session.scalars(select(BranchAction).where(among(BranchAction.id, ids))).all() if ids else ()
    by_id = {action.id: action for action in found}
    days: dict[date, tuple[int, list[tuple[int, BranchAction]]]] = {}
    for row in rows:
        days.setdefault(row.day, (row.number, []))[1].append((row.place, by_id[row.id]))
    return {
        day: Day(day, count, tuple(action for _place, action in sorted(actions, key=lambda one: one[0])))
        for day, (count, actions) in days.items()
    }


def _placed(actor: Actor, filters: Filters, stretch: Stretch) -> Any:
    first_day = cast(func.timezone(ZONE, BranchAction.starts_at), Date)
    # What ends at midnight does not touch the day that begins then.
    moment = cast(literal("1 microsecond"), Interval)
    last_day = cast(func.timezone(ZONE, BranchAction.ends_at - moment), Date)
    day = func.generate_series(
        func.greatest(first_day, stretch.first), func.least(last_day, stretch.last), text("interval '1 day'")
    )
    touched = (
        within(actor, filters, stretch.begins, stretch.ends)
        .with_only_columns(
            BranchAction.id, BranchAction.starts_at, BranchAction.all_day, cast(day, Date).label("day")
        )
        .subquery()
    )
    order = (touched.c.all_day.desc(), touched.c.starts_at, touched.c.id)
    return select(
        touched.c.id,
        touched.c.day,
        func.row_number().over(partition_by=touched.c.day, order_by=order).label("place"),
        func.count().over(partition_by=touched.c.day).label("number"),
    ).subquery()
