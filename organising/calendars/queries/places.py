"""Where actions are: how many in each constituency, and which are nearest to a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Uuid, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from organising.actions.models import ActionArea, BranchAction
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.representatives.models import Area, AreaKind
from organising.representatives.queries import SeatCount, count_in_seats

from .days import Filters, from_day_on, within


@dataclass(frozen=True)
class Near:
    """An action with how near it is, as :class:`organising.calendars.near.Nearness` ranks it."""

    action: BranchAction
    rank: int


def count_by_seat(actor: Actor, filters: Filters, begins: datetime, ends: datetime) -> list[SeatCount]:
    """Constituencies with actions in a stretch of time, those with the most first: one statement.

    An action across two constituencies counts in both. Called off is not counted.
    """
    found = (
        within(actor, filters, begins, ends)
        .where(BranchAction.state != "cancelled")
        .with_only_columns(BranchAction.id)
        .subquery()
    )
    return count_in_seats(ActionArea.action_id, ActionArea.area_id, select(found.c.id))


def count_placed(actor: Actor, filters: Filters, begins: datetime, ends: datetime) -> tuple[int, int]:
    """How many actions there are in a stretch of time, and how many of them lie in a constituency on record."""
    placed = (
        select(ActionArea.action_id)
        .join(Area, Area.id == ActionArea.area_id)
        .where(Area.kind == AreaKind.WESTMINSTER)
    )
    counted = (
        within(actor, filters, begins, ends)
        .where(BranchAction.state != "cancelled")
        .with_only_columns(
            func.count(BranchAction.id), func.count(BranchAction.id).filter(BranchAction.id.in_(placed))
        )
    )
    row = db.session.execute(counted).one()
    return int(row[0]), int(row[1])


def list_nearest(
    actor: Actor, filters: Filters, ranks: Mapping[UUID, int], at: datetime, most: int
) -> list[Near]:
    """Actions that are not over, the nearest first, those as near by time: two statements, however many there are."""
    areas, nearness = list(ranks), [ranks[one] for one in ranks]
    table = (
        func.unnest(literal(areas, ARRAY(Uuid)), literal(nearness, ARRAY(Integer)), type_=Integer)
        .table_valued(column("area_id", Uuid), column("rank", Integer), name="ranked")
        .render_derived()
    )
    rank = func.min(table.c.rank).label("rank")
    coming = from_day_on(actor, filters, at).where(
        BranchAction.state != "cancelled", BranchAction.reported_at.is_(None)
    )
    found = coming.with_only_columns(BranchAction.id, BranchAction.starts_at).subquery()
    nearest = (
        select(found.c.id, rank)
        .join(ActionArea, ActionArea.action_id == found.c.id)
        .join(table, table.c.area_id == ActionArea.area_id)
        .group_by(found.c.id, found.c.starts_at)
        .order_by(rank, found.c.starts_at, found.c.id)
        .limit(most)
        .subquery()
    )
    rows = db.session.execute(
        select(BranchAction, nearest.c.rank)
        .join(nearest, nearest.c.id == BranchAction.id)
        .order_by(nearest.c.rank, BranchAction.starts_at, BranchAction.id)
    )
    return [Near(action, rank) for action, rank in rows.unique()]
