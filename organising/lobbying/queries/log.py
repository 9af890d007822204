"""The contact log as every partner reads it: headlines, never notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from organising.lobbying.models import Engagement
from organising.lobbying.queries.members import sits
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.representatives.models import Area, OfficeHolding, Person

PRESSURE_DAYS = 30


@dataclass(frozen=True)
class Filters:
    """What to show of the log; an empty field leaves all in. ``text``: of headlines and names."""

    text: str = ""
    kind: str = ""
    organisation_id: UUID | None = None
    party_id: UUID | None = None
    region: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Pressure:
    """How often partners contacted one person in the last 30 days."""

    contacts: int
    organisations: int
    last_on: date | None


def select_log(actor: Actor, filters: Filters) -> Select[Engagement]:
    """Standing engagements of the campaign that the filters leave, with person, organisation and asks."""
    statement = _standing(actor).options(
        joinedload(Engagement.person), joinedload(Engagement.organisation), selectinload(Engagement.asks)
    )
    return statement.where(*_conditions(filters))


def list_recent(actor: Actor, *, limit: int = 10, others_only: bool = False) -> Sequence[Engagement]:
    """What was logged last across the coalition; ``others_only`` leaves out the actor's own organisation."""
    statement = (
        _standing(actor)
        .options(joinedload(Engagement.person), joinedload(Engagement.organisation))
        .order_by(Engagement.created_at.desc())
        .limit(limit)
    )
    if others_only:
        statement = statement.where(Engagement.organisation_id != actor.organisation_id)
    return db.session.scalars(statement).all()


def get_engagement(actor: Actor, engagement_id: UUID) -> Engagement:
    """One of the actor's own organisation, withdrawn or not. Raises NotFound for all others alike."""
    found: Engagement | None = db.session.scalar(
        select(Engagement)
        .where(Engagement.id == engagement_id, Engagement.organisation_id == actor.organisation_id)
        .options(joinedload(Engagement.person), selectinload(Engagement.asks))
    )
    if found is None:
        raise NotFound
    return found


def measure_pressure(actor: Actor, person_id: UUID) -> Pressure:
    """Count the contacts by all partners in the last 30 days, today included; the last one may be older."""
    recent = Engagement.happened_on > today() - timedelta(days=PRESSURE_DAYS)
    contacts, organisations, last = db.session.execute(
        select(
            func.count().filter(recent),
            func.count(Engagement.organisation_id.distinct()).filter(recent),
            func.max(Engagement.happened_on),
        ).where(
            Engagement.person_id == person_id,
            Engagement.campaign_id == actor.campaign_id,
            Engagement.withdrawn_at.is_(None),
        )
    ).one()
    return Pressure(contacts, organisations, last)


def _standing(actor: Actor) -> Select[Engagement]:
    return select(Engagement).where(
        Engagement.campaign_id == actor.campaign_id, Engagement.withdrawn_at.is_(None)
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if filters.text:
        named = select(Person.id).where(Person.name.icontains(filters.text, autoescape=True))
        made.append(
            Engagement.headline.icontains(filters.text, autoescape=True) | Engagement.person_id.in_(named)
        )
    if filters.kind:
        made.append(Engagement.kind == filters.kind)
    if filters.organisation_id:
        made.append(Engagement.organisation_id == filters.organisation_id)
    if filters.party_id:
        made.append(sits(OfficeHolding.party_id == filters.party_id, person_id=Engagement.person_id))
    if filters.region:
        inside = OfficeHolding.area_id.in_(select(Area.id).where(Area.region == filters.region))
        made.append(sits(inside, person_id=Engagement.person_id))
    if filters.from_on:
        made.append(Engagement.happened_on >= filters.from_on)
    if filters.to_on:
        made.append(Engagement.happened_on <= filters.to_on)
    return made
