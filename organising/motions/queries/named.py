"""The bodies that are named in public, as the database gives them to anybody: plain values, and no column that holds a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from organising.motions.models import CarriedText, Motion, MotionArea
from organising.motions.states import COUNTED
from organising.motions.text import MotionText
from organising.organisations.models import Organisation
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.pagination import Page, page
from organising.representatives.models import Area
from organising.representatives.queries import SeatCount, count_in_seats

# Read by name: the public may not read whole rows.
MOTION: Any = Motion.__table__
TEXT: Any = CarriedText.__table__
SIZE = 40


@dataclass(frozen=True)
class Filters:
    """What the public's list is narrowed to."""

    forum: str = ""
    region: str = ""


@dataclass(frozen=True)
class Named:
    """One body: its name as agreed, what kind it is, whose motion it was, and when it was carried."""

    id: UUID
    name: str
    forum: str
    area: str
    organisation: str
    decided_on: date
    as_amended: bool
    text: MotionText | None


def list_named(campaign_id: UUID, filters: Filters, cursor: str | None) -> Page[Any]:
    """The bodies, those that carried it last first; rows of :func:`describe`."""
    return page(
        _rows(campaign_id, filters),
        order_by=[MOTION.c.decided_on, MOTION.c.id],
        cursor=cursor,
        size=SIZE,
        descending=True,
        rows=True,
    )


def describe(row: Any) -> Named:
    """A body from its row."""
    text = MotionText(row.title, row.notes, row.believes, row.resolves) if row.title else None
    amended = row.state == "carried_as_amended" or row.outcome == "carried_as_amended"
    return Named(
        row.id, row.public_name, row.forum, row.area, row.organisation_name, row.decided_on, amended, text
    )


def get_named(motion_id: UUID) -> Named:
    """One of them. Raises :class:`NotFound` for every other alike."""
    row = db.session.execute(_whole().where(MOTION.c.id == motion_id)).one_or_none()
    if row is None:
        raise NotFound
    return describe(row)


def count_named_by_forum(campaign_id: UUID) -> dict[str, int]:
    """How many of each kind of body are named, the most first."""
    number = func.count()
    rows = db.session.execute(
        select(MOTION.c.forum, number)
        .where(MOTION.c.campaign_id == campaign_id, MOTION.c.published_at.is_not(None))
        .group_by(MOTION.c.forum)
        .order_by(number.desc(), MOTION.c.forum)
    )
    return {row[0]: int(row[1]) for row in rows}


def count_named_by_seat(campaign_id: UUID, filters: Filters) -> list[SeatCount]:
    """How many of them lie in each constituency."""
    ids = _rows(campaign_id, filters).with_only_columns(MOTION.c.id)
    return count_in_seats(MotionArea.motion_id, MotionArea.area_id, ids)


def list_named_regions(campaign_id: UUID) -> Sequence[str]:
    """The regions in which any of them lies, by name."""
    ids = _rows(campaign_id, Filters()).with_only_columns(MOTION.c.id)
    found = (
        select(Area.region)
        .join(MotionArea, MotionArea.area_id == Area.id)
        .where(MotionArea.motion_id.in_(ids), Area.region.is_not(None))
        .distinct()
        .order_by(Area.region)
    )
    return [one for one in db.session.scalars(found) if one]


def _whole() -> Select[Any]:
    names = ("id", "public_name", "forum", "area", "decided_on", "state", "outcome")
    return (
        select(
            *[MOTION.c[name] for name in names],
            *[TEXT.c[name] for name in ("title", "notes", "believes", "resolves")],
            Organisation.name.label("organisation_name"),
        )
        .join(Organisation, Organisation.id == MOTION.c.organisation_id)
        .outerjoin(TEXT, TEXT.c.motion_id == MOTION.c.id)
        # A member may read more of them than are named; nobody reads more than these here.
        .where(MOTION.c.published_at.is_not(None), MOTION.c.state.in_(COUNTED))
    )


def _rows(campaign_id: UUID, filters: Filters) -> Select[Any]:
    statement = _whole().where(MOTION.c.campaign_id == campaign_id)
    if filters.forum:
        statement = statement.where(MOTION.c.forum == filters.forum)
    if filters.region:
        lying = (
            select(MotionArea.motion_id)
            .join(Area, Area.id == MotionArea.area_id)
            .where(Area.region == filters.region)
        )
        statement = statement.where(MOTION.c.id.in_(lying))
    return statement
