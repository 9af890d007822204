"""After an election: who of those led on came back, where, and who sits in the seats of those who did not."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select

from organising.lobbying.models import Target
from organising.lobbying.queries.grid import TargetRow, list_chosen
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.representatives.models import Area, AreaKind, AreaOverlap, OfficeHolding, Parliament
from organising.representatives.queries.parliaments import ended_by, seats_of

# Below this nobody could say that one seat became the other.
MOST_OF_IT = 0.5


class Fate(StrEnum):
    """What became of a former member at the election."""

    SAME_SEAT = "same_seat"
    OTHER_SEAT = "other_seat"
    NOT_RETURNED = "not_returned"


@dataclass(frozen=True)
class Heir:
    """Who sits in a former member's seat now. ``share``: of the old seat's people within it, 1 for the same seat."""

    row: TargetRow
    seat: str
    share: float


@dataclass(frozen=True)
class Former:
    """A target whose person was a member of the dissolved parliament. ``now_at``: the seat that they hold now."""

    row: TargetRow
    fate: Fate
    seat: str
    now_at: str | None
    heir: Heir | None


def list_former_targets(actor: Actor, dissolved: Parliament, elected: Parliament) -> list[Former]:
    """The allocated targets among the members of a dissolved parliament, by name, with what became of them."""
    last = {one.person_id: one for one in db.session.scalars(ended_by(dissolved))}
    rows = [row for row in _allocated(actor, last) if row.lead_id or row.priority]
    new = db.session.scalars(seats_of(elected)).all()
    by_person = {one.person_id: one for one in new}
    heirs = _heirs(actor, {last[row.person_id].area_id for row in rows if row.person_id}, new)
    names = _area_names({one.area_id for one in [*last.values(), *new]})
    found = []
    for row in rows:
        assert row.person_id is not None
        seat_id = last[row.person_id].area_id
        now = by_person.get(row.person_id)
        heir = heirs.get(seat_id) if seat_id else None
        found.append(
            Former(
                row=row,
                fate=_fate(seat_id, now.area_id if now else None, heir),
                seat=names.get(seat_id, ""),
                now_at=names.get(now.area_id) if now else None,
                heir=heir if heir and heir.row.person_id != row.person_id else None,
            )
        )
    return found


def _fate(before: UUID | None, after: UUID | None, heir: Heir | None) -> Fate:
    if after is None:
        return Fate.NOT_RETURNED
    return Fate.SAME_SEAT if after == before else Fate.OTHER_SEAT


def _allocated(actor: Actor, last: Collection[UUID]) -> list[TargetRow]:
    people = db.session.scalars(
        select(Target.person_id).where(
            Target.campaign_id == actor.campaign_id,
            Target.person_id.in_(list(last)),
            or_(Target.lead_organisation_id.is_not(None), Target.priority.is_not(None)),
        )
    ).all()
    return list_chosen(actor, [one for one in people if one], [])


def _heirs(actor: Actor, seats: Collection[UUID | None], new: Collection[OfficeHolding]) -> dict[UUID, Heir]:
    """By former seat, who sits there now: in the same area, else in the one that took most of its people."""
    holders = {one.area_id: one.person_id for one in new if one.area_id}
    heirs = {seat: (seat, 1.0) for seat in seats if seat in holders}
    gone = [seat for seat in seats if seat and seat not in heirs]
    heirs |= {seat: heir for seat, heir in _heir_areas(gone).items() if heir[0] in holders}
    rows = {
        row.person_id: row
        for row in list_chosen(actor, [holders[area] for area, _share in heirs.values()], [])
    }
    names = _area_names({area for area, _share in heirs.values()})
    return {
        seat: Heir(rows[holders[area]], names.get(area, ""), share)
        for seat, (area, share) in heirs.items()
        if seat is not None and holders[area] in rows
    }


def _heir_areas(gone: Collection[UUID]) -> dict[UUID, tuple[UUID, float]]:
    """By seat that was abolished, the seat in which most of its people live now, and which part of them does."""
    share = func.coalesce(AreaOverlap.population_share, AreaOverlap.area_share)
    rows = db.session.execute(
        select(AreaOverlap.from_area_id, AreaOverlap.to_area_id, share)
        .join(Area, Area.id == AreaOverlap.to_area_id)
        .where(
            AreaOverlap.from_area_id.in_(gone),
            AreaOverlap.ended_on.is_(None),
            Area.kind == AreaKind.WESTMINSTER,
            Area.end_on.is_(None),
            share > MOST_OF_IT,
        )
        .order_by(AreaOverlap.from_area_id, share)
    )
    return {before: (after, part) for before, after, part in rows}


def _area_names(area_ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    wanted = [one for one in area_ids if one]
    return dict(db.session.execute(select(Area.id, Area.name).where(Area.id.in_(wanted))).all())
