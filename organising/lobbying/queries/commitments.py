"""Commitments as every partner reads them: of one subject, filtered and counted, and those that wait for someone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import (
    Commitment,
    CommitmentChange,
    CommitmentEvidence,
    CommitmentOwn,
)
from organising.lobbying.queries.members import sits
from organising.lobbying.queries.shared import hold, in_log, of_subject, one_or_404
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.representatives.models import Area, Institution, OfficeHolding, Person
from organising.representatives.queries import found_by, under_whip_of


@dataclass(frozen=True)
class CommitmentRow:
    """A commitment as this reader sees it. ``is_mine``: the reader is the one who chases it."""

    commitment: Commitment
    is_own: bool
    is_mine: bool
    may_edit: bool
    is_overdue: bool


@dataclass(frozen=True)
class CommitmentFilters:
    """What to show; an empty field leaves all in.

    ``state``: a state, ``open``, ``overdue`` or ``""``. ``text``: of words, names and constituencies. ``place``: a region or
    nation by name. ``mine``: only those that the reader chases.
    """

    state: str = ""
    text: str = ""
    kind: str = ""
    ask_id: UUID | None = None
    organisation_id: UUID | None = None
    party_id: UUID | None = None
    place: str = ""
    mine: bool = False


def list_commitments(
    actor: Actor, *, person_id: UUID | None = None, institution_id: UUID | None = None, limit: int = 100
) -> list[CommitmentRow]:
    """All commitments of one subject, over all partners: the open ones by due day, then the settled."""
    about = of_subject(Commitment, person_id, institution_id)
    statement = _standing(actor).add_columns(chased_by(actor)).where(about)
    open_first = Commitment.state.not_in(OPEN)
    ordered = statement.order_by(open_first, Commitment.due_key, Commitment.id).limit(limit)
    found = db.session.execute(ordered).all()
    mine = {one.id for one, is_mine in found if is_mine and one.organisation_id == actor.organisation_id}
    return annotate_commitments(actor, [one for one, _mine in found], mine=mine)


def list_engagement_commitments(actor: Actor, engagement_ids: Iterable[UUID]) -> list[CommitmentRow]:
    """What was asked and promised in these contacts."""
    wanted = list(engagement_ids)
    if not wanted:
        return []
    statement = _standing(actor).where(Commitment.engagement_id.in_(wanted))
    return annotate_commitments(
        actor, db.session.scalars(statement.order_by(Commitment.due_key, Commitment.id)).all()
    )


def select_commitments(actor: Actor, filters: CommitmentFilters) -> Select[Commitment]:
    """Commitments of the campaign that the filters leave, with subject, organisation and ask."""
    return _standing(actor).where(*_conditions(actor, filters))


def count_commitments(actor: Actor, filters: CommitmentFilters) -> int:
    """How many :func:`select_commitments` would give."""
    counted = select(func.count(Commitment.id)).where(stands(actor), *_conditions(actor, filters))
    return db.session.scalar(counted) or 0


def annotate_commitments(
    actor: Actor, found: Sequence[Commitment], *, mine: set[UUID] | None = None
) -> list[CommitmentRow]:
    """Put beside each commitment what this reader may do with it.

    ``mine``: the ids of those that the reader chases, where they are known already.
    """
    if mine is None:
        mine = _mine_of(actor, [one.id for one in found if one.organisation_id == actor.organisation_id])
    day = today()
    return [
        CommitmentRow(
            one,
            is_own=one.organisation_id == actor.organisation_id,
            is_mine=one.id in mine,
            may_edit=may_edit(actor, one),
            is_overdue=one.is_overdue(day),
        )
        for one in found
    ]


def may_edit(actor: Actor, commitment: Commitment) -> bool:
    """Whether this actor may change it: the own organisation's only. The database holds the same rule."""
    own = commitment.organisation_id == actor.organisation_id
    return own and actor.can(Permission.COMMITMENTS_EDIT)


def get_commitment(actor: Actor, commitment_id: UUID) -> Commitment:
    """One of any partner's that stands. Raises NotFound."""
    return one_or_404(_standing(actor).where(Commitment.id == commitment_id))


def get_own_commitment(actor: Actor, commitment_id: UUID, *, lock: bool = False) -> Commitment:
    """One of the actor's organisation's, to be changed. Raises NotFound for all others alike."""
    commitment = get_commitment(actor, commitment_id)
    if commitment.organisation_id != actor.organisation_id:
        raise NotFound
    if lock:
        hold(commitment)
    return commitment


def list_changes(commitment_id: UUID) -> Sequence[CommitmentChange]:
    """A commitment's history, the latest first."""
    return db.session.scalars(
        select(CommitmentChange)
        .where(CommitmentChange.commitment_id == commitment_id)
        .order_by(CommitmentChange.created_at.desc(), CommitmentChange.id)
    ).all()


def list_evidence(commitment_id: UUID) -> Sequence[CommitmentEvidence]:
    """What was given as evidence, the latest first, what turned out wrong included."""
    return db.session.scalars(
        select(CommitmentEvidence)
        .where(CommitmentEvidence.commitment_id == commitment_id)
        .order_by(CommitmentEvidence.created_at.desc())
    ).all()


def find_own_side(commitment_id: UUID) -> CommitmentOwn | None:
    """Who of the own organisation chases it."""
    return db.session.scalar(select(CommitmentOwn).where(CommitmentOwn.commitment_id == commitment_id))


def list_places() -> list[str]:
    """Nations and regions of seats that exist: nations first, each name once."""
    rows = db.session.execute(select(Area.country, Area.region).where(Area.end_on.is_(None)).distinct()).all()
    nations = {country for country, _region in rows if country}
    return sorted(nations) + sorted({region for _country, region in rows if region} - nations)


def _standing(actor: Actor) -> Select[Commitment]:
    return (
        select(Commitment)
        .where(stands(actor))
        .options(
            joinedload(Commitment.person),
            joinedload(Commitment.institution),
            joinedload(Commitment.organisation),
            joinedload(Commitment.ask),
        )
    )


def chased_by(actor: Actor) -> ColumnElement[bool]:
    """Those that the actor is to chase."""
    own = select(CommitmentOwn.commitment_id).where(CommitmentOwn.owner_user_id == actor.user_id)
    return Commitment.id.in_(own)


def stands(actor: Actor) -> ColumnElement[bool]:
    """Of this campaign, and not promised in a contact that was taken out of the log."""
    return (Commitment.campaign_id == actor.campaign_id) & in_log(Commitment.engagement_id)


def _conditions(actor: Actor, filters: CommitmentFilters) -> list[ColumnElement[bool]]:
    made = _state_conditions(filters.state)
    if filters.text:
        made.append(_says(filters.text))
    if filters.kind:
        made.append(Commitment.kind == filters.kind)
    if filters.ask_id:
        made.append(Commitment.ask_id == filters.ask_id)
    if filters.organisation_id:
        made.append(Commitment.organisation_id == filters.organisation_id)
    if filters.party_id:
        made.append(sits(under_whip_of(filters.party_id), person_id=Commitment.person_id))
    if filters.place:
        made.append(_in_place(filters.place))
    if filters.mine:
        made.append(chased_by(actor))
    return made


def _state_conditions(state: str) -> list[ColumnElement[bool]]:
    if state == "open":
        return [Commitment.state.in_(OPEN)]
    if state == "overdue":
        return [Commitment.state.in_(OPEN), Commitment.due_on < today()]
    return [Commitment.state == state] if state else []


def _says(text: str) -> ColumnElement[bool]:
    named = select(Institution.id).where(Institution.name.icontains(text, autoescape=True))
    return or_(
        Commitment.words.icontains(text, autoescape=True),
        Commitment.person_id.in_(select(Person.id).where(found_by(text))),
        Commitment.institution_id.in_(named),
    )


def _in_place(place: str) -> ColumnElement[bool]:
    inside = select(Area.id).where(or_(Area.country == place, Area.region == place))
    seat = sits(OfficeHolding.area_id.in_(inside), person_id=Commitment.person_id)
    bodies = select(Institution.id).where(Institution.area_id.in_(inside))
    return or_(seat, Commitment.institution_id.in_(bodies))


def _mine_of(actor: Actor, commitment_ids: Collection[UUID]) -> set[UUID]:
    if not commitment_ids or actor.user_id is None:
        return set()
    statement = select(Commitment.id).where(Commitment.id.in_(commitment_ids), chased_by(actor))
    return set(db.session.scalars(statement))
