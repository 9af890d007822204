"""The seat and party that people have today, in one or two queries for a whole page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, nulls_last, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import OfficeHolding, OfficeKind
from organising.representatives.queries import current_holdings, in_office


@dataclass(frozen=True)
class Seat:
    """Where and for whom a person sits, or sat: ``is_current`` says which. ``ended_on`` may be unknown."""

    kind: str
    area_name: str | None
    region: str | None
    party_name: str | None
    party_colour: str | None
    is_current: bool
    ended_on: date | None


def list_seats(person_ids: Iterable[UUID]) -> dict[UUID, Seat]:
    """By person, the holding in force today, else the last that ended; nothing for who never held office."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    seats = {key: _seat(holding, True) for key, holding in current_holdings(wanted, today()).items()}
    if former := wanted - seats.keys():
        for holding in _ended(former):
            seats.setdefault(holding.person_id, _seat(holding, False))
    return seats


def seat_of(holding: OfficeHolding | None, *, is_current: bool) -> Seat | None:
    """A holding that was read already, as a seat; with its area and party loaded."""
    return _seat(holding, is_current) if holding is not None else None


def was_in_office(person_id: UUID, on: date) -> bool:
    """Whether the person held any office on that day; an office with an unknown start counts from ever."""
    held = exists().where(
        OfficeHolding.person_id == person_id, OfficeHolding.kind != OfficeKind.CANDIDATE, in_office(on)
    )
    return bool(db.session.scalar(select(held)))


def sits(condition: ColumnElement[bool], *, person_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether a row's person holds an office today of which the condition is true."""
    return exists().where(OfficeHolding.person_id == person_id, in_office(today()), condition)


def _ended(person_ids: set[UUID]) -> Iterable[OfficeHolding]:
    return db.session.scalars(
        select(OfficeHolding)
        .where(OfficeHolding.person_id.in_(person_ids))
        .options(joinedload(OfficeHolding.area), joinedload(OfficeHolding.party))
        .order_by(nulls_last(OfficeHolding.end_on.desc()), nulls_last(OfficeHolding.start_on.desc()))
    )


def _seat(holding: OfficeHolding, is_current: bool) -> Seat:
    return Seat(
        kind=holding.kind,
        area_name=holding.area.name if holding.area else None,
        region=holding.area.region if holding.area else None,
        party_name=holding.party.name if holding.party else None,
        party_colour=holding.party.colour if holding.party else None,
        is_current=is_current,
        ended_on=holding.end_on,
    )
