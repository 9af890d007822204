"""The bodies that carried a motion. Nothing else counts: neither what is submitted, nor what was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from organising.motions.models import CarriedText, ModelVersion, Motion, MotionArea
from organising.motions.queries.motions import visible
from organising.motions.states import COUNTED
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.representatives.models import Area, AreaKind
from organising.representatives.queries import SeatCount, count_in_seats


@dataclass(frozen=True)
class Filters:
    """What the list and the map are narrowed to. ``ask_id``: an ask that the model text raises."""

    forum: str = ""
    ask_id: UUID | None = None
    organisation_id: UUID | None = None
    region: str = ""
    area_id: UUID | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True)
class Placed:
    """Where a body lies: its constituencies and their regions, by name."""

    seats: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def list_bodies(actor: Actor, filters: Filters) -> Select[Motion]:
    """The coalition's motions that a body carried, whoever put them."""
    statement = select(Motion).where(Motion.campaign_id == actor.campaign_id, Motion.state.in_(COUNTED))
    if filters.forum:
        statement = statement.where(Motion.forum == filters.forum)
    if filters.organisation_id:
        statement = statement.where(Motion.organisation_id == filters.organisation_id)
    if filters.ask_id:
        raising = select(ModelVersion.id).where(ModelVersion.ask_ids.contains([filters.ask_id]))
        statement = statement.where(Motion.text_version_id.in_(raising))
    if filters.region:
        statement = statement.where(Motion.id.in_(_lying().where(Area.region == filters.region)))
    if filters.area_id:
        statement = statement.where(Motion.id.in_(_lying().where(Area.id == filters.area_id)))
    return statement


def count_by_forum(found: Select[Motion]) -> dict[str, int]:
    """How many of them each kind of body has, the most first."""
    number = func.count(Motion.id)
    counted = found.with_only_columns(Motion.forum, number).group_by(Motion.forum)
    return {row[0]: int(row[1]) for row in db.session.execute(counted.order_by(number.desc(), Motion.forum))}


def count_by_seat(found: Select[Motion]) -> list[SeatCount]:
    """How many of them lie in each constituency."""
    return count_in_seats(MotionArea.motion_id, MotionArea.area_id, found.with_only_columns(Motion.id))


def count_placed(found: Select[Motion]) -> int:
    """How many of them lie in a constituency on record."""
    placed = found.where(Motion.id.in_(_lying())).with_only_columns(func.count(Motion.id))
    return db.session.scalar(placed) or 0


def list_places(motion_ids: Sequence[UUID]) -> dict[UUID, Placed]:
    """Where bodies lie, by motion."""
    rows = db.session.execute(
        select(MotionArea.motion_id, Area.name, Area.region)
        .join(Area, Area.id == MotionArea.area_id)
        .where(MotionArea.motion_id.in_(list(motion_ids)), Area.kind == AreaKind.WESTMINSTER)
        .order_by(Area.sort_key)
    ).all()
    found: dict[UUID, Placed] = {}
    for motion_id, name, region in rows:
        before = found.get(motion_id, Placed())
        regions = (*before.regions, region) if region and region not in before.regions else before.regions
        found[motion_id] = Placed((*before.seats, name), regions)
    return found


def list_worded(motion_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Of motions whose carried text is known: whether it was carried as amended."""
    rows = db.session.execute(
        select(CarriedText.motion_id, CarriedText.as_amended).where(
            CarriedText.motion_id.in_(list(motion_ids))
        )
    )
    return {row.motion_id: row.as_amended for row in rows}


def list_uses(actor: Actor, version_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """How many motions of each organisation were made of each version, of those that the actor may know of."""
    number = func.count(Motion.id)
    rows = db.session.execute(
        visible(actor)
        .where(Motion.text_version_id.in_(list(version_ids)))
        .with_only_columns(Motion.text_version_id, Motion.organisation_id, number)
        .group_by(Motion.text_version_id, Motion.organisation_id)
        .order_by(number.desc())
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for version_id, organisation_id, count in rows:
        if version_id is not None:
            found.setdefault(version_id, {})[organisation_id] = count
    return found


def _lying() -> Select[UUID]:
    return (
        select(MotionArea.motion_id)
        .join(Area, Area.id == MotionArea.area_id)
        .where(Area.kind == AreaKind.WESTMINSTER)
    )
