"""The contact log as every partner reads it: headlines, never notes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from organising.lobbying.models import Engagement, EngagementAttendee
from organising.lobbying.queries.members import sits
from organising.lobbying.queries.shared import of_subject, one_or_404
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.representatives.models import Area, Institution, OfficeHolding, Person
from organising.representatives.queries import under_whip_of

# Whom it is about, whose it is, what was raised and who took part: all that a line of the log shows.
WHOLE = (
    joinedload(Engagement.person),
    joinedload(Engagement.institution),
    joinedload(Engagement.organisation),
    selectinload(Engagement.asks),
    selectinload(Engagement.attendees).joinedload(EngagementAttendee.attending),
)


@dataclass(frozen=True)
class Filters:
    """What to show of the log; an empty field leaves all in. ``text``: of headlines and names."""

    text: str = ""
    kind: str = ""
    organisation_id: UUID | None = None
    institution_id: UUID | None = None
    party_id: UUID | None = None
    region: str = ""
    from_on: date | None = None
    to_on: date | None = None


def select_log(actor: Actor, filters: Filters) -> Select[Engagement]:
    """Standing engagements of the campaign that the filters leave, with all that a line shows."""
    return _standing(actor).options(*WHOLE).where(*_conditions(filters))


def count_log(actor: Actor, filters: Filters) -> int:
    """How many :func:`select_log` would give."""
    counted = _standing(actor).where(*_conditions(filters)).with_only_columns(func.count(Engagement.id))
    return db.session.scalar(counted) or 0


def list_recent(actor: Actor, *, limit: int = 10, others_only: bool = False) -> Sequence[Engagement]:
    """What was logged last across the coalition; ``others_only`` leaves out the actor's own organisation."""
    statement = (
        _standing(actor)
        .options(
            joinedload(Engagement.person),
            joinedload(Engagement.institution),
            joinedload(Engagement.organisation),
        )
        .order_by(Engagement.created_at.desc())
        .limit(limit)
    )
    if others_only:
        statement = statement.where(Engagement.organisation_id != actor.organisation_id)
    return db.session.scalars(statement).all()


def get_engagement(actor: Actor, engagement_id: UUID) -> Engagement:
    """One of the actor's own organisation, withdrawn or not. Raises NotFound for all others alike."""
    return one_or_404(
        select(Engagement)
        .where(Engagement.id == engagement_id, Engagement.organisation_id == actor.organisation_id)
        .options(*WHOLE)
    )


def find_engagement(actor: Actor, engagement_id: UUID) -> Engagement | None:
    """One that this actor reads: any partner's that stands, and the own organisation's withdrawn ones."""
    own = Engagement.organisation_id == actor.organisation_id
    found: Engagement | None = db.session.scalar(
        select(Engagement)
        .where(
            Engagement.id == engagement_id,
            Engagement.campaign_id == actor.campaign_id,
            own | Engagement.withdrawn_at.is_(None),
        )
        .options(*WHOLE)
    )
    return found


def list_raisable(engagement: Engagement) -> Sequence[Ask]:
    """Open asks of the campaign in their order, and those raised in this contact that have closed since."""
    raised = [ask.id for ask in engagement.asks]
    return db.session.scalars(
        select(Ask)
        .where(Ask.campaign_id == engagement.campaign_id, Ask.closed_at.is_(None) | Ask.id.in_(raised))
        .order_by(Ask.place)
    ).all()


def find_submitted(actor: Actor, submission_key: UUID) -> Engagement | None:
    """What the own organisation's form with this key made."""
    return db.session.scalar(
        select(Engagement).where(
            Engagement.organisation_id == actor.organisation_id, Engagement.submission_key == submission_key
        )
    )


def list_submitted(actor: Actor, submission_keys: Collection[UUID]) -> Sequence[Engagement]:
    """What the own organisation's forms with these keys made."""
    return db.session.scalars(
        select(Engagement).where(
            Engagement.organisation_id == actor.organisation_id,
            Engagement.submission_key.in_(list(submission_keys)),
        )
    ).all()


def find_repeated(
    actor: Actor,
    *,
    person_id: UUID | None,
    institution_id: UUID | None,
    happened_on: date,
    kind: str,
    headline: str,
    since: datetime,
) -> bool:
    """Whether the own organisation logged the same words about the same subject and day since then."""
    same = select(Engagement.id).where(
        Engagement.organisation_id == actor.organisation_id,
        of_subject(Engagement, person_id, institution_id),
        Engagement.happened_on == happened_on,
        Engagement.kind == kind,
        Engagement.headline == headline,
        Engagement.withdrawn_at.is_(None),
        Engagement.created_at > since,
    )
    return db.session.scalar(same.limit(1)) is not None


def _standing(actor: Actor) -> Select[Engagement]:
    return select(Engagement).where(
        Engagement.campaign_id == actor.campaign_id, Engagement.withdrawn_at.is_(None)
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if filters.text:
        named = select(Person.id).where(Person.name.icontains(filters.text, autoescape=True))
        bodies = select(Institution.id).where(Institution.name.icontains(filters.text, autoescape=True))
        made.append(
            Engagement.headline.icontains(filters.text, autoescape=True)
            | Engagement.person_id.in_(named)
            | Engagement.institution_id.in_(bodies)
        )
    if filters.kind:
        made.append(Engagement.kind == filters.kind)
    if filters.organisation_id:
        made.append(Engagement.organisation_id == filters.organisation_id)
    if filters.institution_id:
        made.append(Engagement.institution_id == filters.institution_id)
    if filters.party_id:
        made.append(sits(under_whip_of(filters.party_id), person_id=Engagement.person_id))
    if filters.region:
        inside = OfficeHolding.area_id.in_(select(Area.id).where(Area.region == filters.region))
        made.append(sits(inside, person_id=Engagement.person_id))
    if filters.from_on:
        made.append(Engagement.happened_on >= filters.from_on)
    if filters.to_on:
        made.append(Engagement.happened_on <= filters.to_on)
    return made
