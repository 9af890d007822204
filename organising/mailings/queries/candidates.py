"""Representatives who may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager, joinedload

from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.models import Commitment, Engagement
from organising.lobbying.queries.commitments import stands
from organising.lobbying.queries.grid import TargetCriteria, select_people
from organising.lobbying.queries.segments import list_segments, read_criteria
from organising.mailings.models import Mailing, MailingChoice, MailingRemoval
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.few import count_found
from organising.platform.given import as_id
from organising.representatives.models import (
    Affiliation,
    Area,
    Body,
    BodyKind,
    OfficeHolding,
    OfficeKind,
    Person,
)
from organising.representatives.queries import found_by, in_office, under_whip_of

LONGEST_SEARCH = 100


class Promise(StrEnum):
    """What became of what somebody was asked for."""

    PROMISED = "promised"
    OVERDUE = "overdue"
    BROKEN = "broken"
    DELIVERED = "delivered"


class Contacted(StrEnum):
    """When any partner was last in touch, as the contact log says."""

    NEVER = "never"
    BEFORE = "before"
    SINCE = "since"


@dataclass(frozen=True)
class AudienceCriteria:
    """Whom to choose from, as an address writes it; an empty part leaves all in.

    ``kind`` empty: whoever holds any office. ``position`` needs an ``ask``, ``contacted`` before or since a ``day``.
    What names nothing that there is finds nobody, rather than everybody.
    """

    q: str = ""
    kind: str = OfficeKind.MP
    party: str = ""
    region: str = ""
    body: str = ""
    lead: str = ""
    ask: str = ""
    position: str = ""
    promise: str = ""
    contacted: str = ""
    day: str = ""
    segment: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "AudienceCriteria":
        """The criteria in an address or a form."""
        given = {one.name: args[one.name].strip()[:LONGEST_SEARCH] for one in fields(cls) if one.name in args}
        return cls(**given)

    def to_args(self) -> dict[str, str]:
        """The criteria as an address writes them: only what differs from nothing said."""
        default = AudienceCriteria()
        return {name: value for name, value in asdict(self).items() if value != getattr(default, name)}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the office was typed or chosen."""
        return bool(self.to_args().keys() - {"kind"})

    @property
    def on(self) -> date | None:
        """The day, or ``None`` for what is no day."""
        try:
            return date.fromisoformat(self.day)
        except ValueError:
            return None


def candidates(
    *,
    words: str = "",
    kind: str = OfficeKind.MP,
    party: str = "",
    region: str = "",
    without: UUID | None = None,
) -> Select[OfficeHolding]:
    """Sitting representatives by what was typed and chosen, by name, each once; ``without`` leaves out a
    mailing's own.
    """
    holds = and_(in_office(today()), OfficeHolding.kind != OfficeKind.CANDIDATE)
    # A member may sit twice: the seat comes before the peerage, the later term before the earlier.
    one_each = (
        select(OfficeHolding.id)
        .where(holds, OfficeHolding.kind == kind if kind else OfficeHolding.kind.is_not(None))
        .ext(distinct_on(OfficeHolding.person_id))
        .order_by(
            OfficeHolding.person_id,
            OfficeHolding.area_id.is_(None),
            OfficeHolding.start_on.desc().nulls_last(),
            OfficeHolding.id,
        )
    )
    statement = (
        select(OfficeHolding)
        .join(OfficeHolding.person)
        .where(OfficeHolding.id.in_(one_each), found_by(words))
        .options(
            contains_eager(OfficeHolding.person),
            joinedload(OfficeHolding.area),
            joinedload(OfficeHolding.party),
        )
        .order_by(Person.sort_key, Person.id)
    )
    if party:
        statement = statement.where(under_whip_of(party))
    if region:
        statement = statement.where(OfficeHolding.area_id.in_(select(Area.id).where(Area.region == region)))
    if without:
        chosen = select(MailingChoice.person_id).where(MailingChoice.mailing_id == without)
        statement = statement.where(OfficeHolding.person_id.not_in(chosen))
    return statement


def find_audience(
    actor: Actor, criteria: AudienceCriteria, *, without: UUID | None = None
) -> Select[OfficeHolding]:
    """The representatives whom the criteria leave, by name, each once; ``without``: not those of this mailing."""
    statement = candidates(
        words=criteria.q,
        kind=criteria.kind,
        party=criteria.party,
        region=criteria.region,
        without=without,
    )
    return statement.where(
        *_as_targets(actor, criteria), *_promised(actor, criteria), *_contacted(actor, criteria)
    )


def _as_targets(actor: Actor, criteria: AudienceCriteria) -> list[ColumnElement[bool]]:
    """What the grid of targets knows: committee or group, lead, position; and a segment of it."""
    conditions: list[ColumnElement[bool]] = []
    asked = TargetCriteria(
        kind="",
        committee=criteria.body,
        lead=criteria.lead,
        ask=criteria.ask,
        position=criteria.position,
    )
    if asked.is_narrowed:
        conditions.append(OfficeHolding.person_id.in_(select_people(actor, asked)))
    if criteria.segment:
        segment_id = as_id(criteria.segment)
        segment = next((one for one in list_segments(actor) if one.id == segment_id), None)
        found = select_people(actor, read_criteria(segment)) if segment else None
        conditions.append(false() if found is None else OfficeHolding.person_id.in_(found))
    return conditions


def _promised(actor: Actor, criteria: AudienceCriteria) -> list[ColumnElement[bool]]:
    if not criteria.promise:
        return []
    of_state: dict[str, ColumnElement[bool]] = {
        Promise.PROMISED: Commitment.state == CommitmentState.PROMISED,
        Promise.OVERDUE: and_(Commitment.state == CommitmentState.PROMISED, Commitment.due_on < today()),
        Promise.BROKEN: Commitment.state == CommitmentState.BROKEN,
        Promise.DELIVERED: Commitment.state == CommitmentState.DELIVERED,
    }
    made = select(Commitment.person_id).where(
        stands(actor), Commitment.person_id.is_not(None), of_state.get(criteria.promise, false())
    )
    if criteria.ask:
        made = made.where(Commitment.ask_id == as_id(criteria.ask))
    return [OfficeHolding.person_id.in_(made)]


def _contacted(actor: Actor, criteria: AudienceCriteria) -> list[ColumnElement[bool]]:
    if not criteria.contacted:
        return []
    logged = exists().where(
        Engagement.person_id == OfficeHolding.person_id,
        Engagement.campaign_id == actor.campaign_id,
        Engagement.withdrawn_at.is_(None),
    )
    if criteria.contacted == Contacted.NEVER:
        return [~logged]
    if criteria.on is None or criteria.contacted not in list(Contacted):
        return [false()]
    since = logged.where(Engagement.happened_on >= criteria.on)
    return [since] if criteria.contacted == Contacted.SINCE else [~since, logged]


def count_candidates(found: Select[OfficeHolding]) -> int:
    """How many representatives :func:`candidates` found."""
    return count_found(found)


def list_candidates(found: Select[OfficeHolding], *, most: int | None = None) -> Sequence[OfficeHolding]:
    """Those that :func:`candidates` found, the first ``most`` of them or all."""
    return db.session.scalars(found if most is None else found.limit(most)).all()


def count_choices(mailing_id: UUID) -> int:
    """How many are chosen, those who can't be reached included."""
    statement = select(func.count()).select_from(MailingChoice).where(MailingChoice.mailing_id == mailing_id)
    return db.session.scalar(statement) or 0


def find_removal(mailing: Mailing) -> MailingRemoval | None:
    """Whom the last removal took out of a mailing, while nobody has put them back."""
    statement = select(MailingRemoval).where(
        MailingRemoval.organisation_id == mailing.organisation_id, MailingRemoval.mailing_id == mailing.id
    )
    return db.session.scalars(statement).one_or_none()


def name_removed(removal: MailingRemoval) -> Sequence[str]:
    """The names of those whom a removal took out."""
    people = [UUID(one["person"]) for one in removal.choices]
    return db.session.scalars(
        select(Person.name).where(Person.id.in_(people)).order_by(Person.sort_key)
    ).all()


def count_batch(mailing_id: UUID, batch_id: UUID) -> int:
    """How many of those that were added at once are still chosen."""
    statement = select(func.count()).where(
        MailingChoice.mailing_id == mailing_id, MailingChoice.batch_id == batch_id
    )
    return db.session.scalar(statement) or 0


def list_kinds_in_office() -> set[str]:
    """The kinds of office that somebody holds today."""
    return set(db.session.scalars(select(OfficeHolding.kind).where(in_office(today())).distinct()))


def list_bodies() -> Sequence[tuple[UUID, str, str]]:
    """Committees and groups that somebody sits on, by kind and name: id, kind and name."""
    sits = select(Affiliation.body_id).where(
        or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today()), Affiliation.person_id.is_not(None)
    )
    statement = (
        select(Body.id, Body.kind, Body.name)
        .where(Body.kind.in_([BodyKind.COMMITTEE, BodyKind.GROUP]), Body.id.in_(sits))
        .order_by(Body.kind, Body.sort_key)
    )
    return [(row.id, row.kind, row.name) for row in db.session.execute(statement)]
