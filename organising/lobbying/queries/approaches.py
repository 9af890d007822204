"""Approaches over all partners: who stands before whose door, and what is to be done about one's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from organising.lobbying.approach_states import EXPIRING, LIVE, TOOK_PLACE, ApproachState
from organising.lobbying.models import (
    LONGEST_WINDOW_DAYS,
    Approach,
    ApproachEvent,
    ApproachJoin,
    ApproachOwn,
    JoinDecision,
)
from organising.lobbying.queries.shared import of_subject
from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission

SOON_DAYS = 3
EXPIRED_SHOWN_FOR = timedelta(days=7)
MOST_ALERTS = 20

# What the list's filter calls by one name. "waiting": nothing agreed yet; "done": took place, the rest to do.
GROUPS: dict[str, tuple[ApproachState, ...]] = {
    "live": LIVE,
    "waiting": EXPIRING,
    "scheduled": (ApproachState.SCHEDULED,),
    "done": TOOK_PLACE,
    "ended": (ApproachState.DECLINED, ApproachState.CLOSED, ApproachState.CANCELLED),
    "paused": (ApproachState.PAUSED,),
}


@dataclass(frozen=True)
class ApproachFilters:
    """What to show; an empty field leaves all in. ``group``: a key of :data:`GROUPS`, or one state."""

    group: str = ""
    organisation_id: UUID | None = None
    channel: str = ""
    mine: bool = False


@dataclass(frozen=True)
class JoinRow:
    """How one organisation's wish to join stands: the newest decision about it, and the words it asked with."""

    joiner: Organisation
    decision: str
    words: str
    author_label: str

    @property
    def is_open(self) -> bool:
        """Whether the holder has still to answer."""
        return self.decision == JoinDecision.ASKED

    @property
    def is_accepted(self) -> bool:
        """Whether the organisation has joined."""
        return self.decision == JoinDecision.ACCEPTED


@dataclass(frozen=True)
class ApproachRow:
    """An approach as the reader meets it. ``may_edit``: its holder, or the coordinator. ``days_left`` until it expires."""

    approach: Approach
    joins: Sequence[JoinRow]
    is_own: bool
    is_mine: bool
    may_edit: bool
    days_left: int | None

    @property
    def joiners(self) -> list[JoinRow]:
        """The organisations that have joined."""
        return [join for join in self.joins if join.is_accepted]

    @property
    def expires_soon(self) -> bool:
        """Whether it ends within three days."""
        return self.days_left is not None and self.days_left <= SOON_DAYS

    def join_of(self, organisation_id: UUID) -> JoinRow | None:
        """How this organisation's wish to join stands."""
        return next((join for join in self.joins if join.joiner.id == organisation_id), None)


def get_approach(actor: Actor, approach_id: UUID) -> Approach:
    """An approach of the actor's campaign, any partner's. Raises NotFound for all others alike."""
    found: Approach | None = db.session.scalar(
        _within(actor).where(Approach.id == approach_id).execution_options(populate_existing=True)
    )
    if found is None or not actor.can(Permission.APPROACHES_VIEW):
        raise NotFound
    return found


def select_approaches(actor: Actor, filters: ApproachFilters) -> Select[Approach]:
    """The campaign's approaches that the filters leave, with subject, organisation and asks; to be paged."""
    statement = _within(actor)
    if filters.group in GROUPS:
        statement = statement.where(Approach.state.in_(GROUPS[filters.group]))
    elif filters.group:
        statement = statement.where(Approach.state == filters.group)
    if filters.organisation_id:
        statement = statement.where(Approach.organisation_id == filters.organisation_id)
    if filters.channel:
        statement = statement.where(Approach.channel == filters.channel)
    if filters.mine:
        statement = statement.where(_seen_to_by(actor))
    return statement


def count_approaches(actor: Actor, filters: ApproachFilters) -> int:
    """How many :func:`select_approaches` would give."""
    found = select_approaches(actor, filters).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def list_approaches(
    actor: Actor,
    *,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
    live_only: bool = False,
    limit: int = 50,
) -> list[ApproachRow]:
    """Approaches to one person or institution by all partners, live ones first, then the newest."""
    if not actor.can(Permission.APPROACHES_VIEW):
        return []
    statement = (
        _within(actor).add_columns(_seen_to_by(actor)).where(of_subject(Approach, person_id, institution_id))
    )
    if live_only:
        statement = statement.where(Approach.state.in_(LIVE))
    ordered = statement.order_by(
        Approach.state.in_(LIVE).desc(), Approach.starts_on.desc(), Approach.id
    ).limit(limit)
    found = db.session.execute(ordered).all()
    return describe(actor, [one for one, _mine in found], mine={one.id for one, is_mine in found if is_mine})


def describe(
    actor: Actor, approaches: Sequence[Approach], *, mine: set[UUID] | None = None
) -> list[ApproachRow]:
    """Put beside each approach who joined it, whose it is and what the reader may do; in two queries for all.

    ``mine``: the ids of those that the reader sees to, where they are known already.
    """
    joins = list_joins([one.id for one in approaches])
    if mine is None:
        mine = _mine(actor, [one.id for one in approaches if one.organisation_id == actor.organisation_id])
    coordinates = actor.can(Permission.APPROACHES_HAND_OVER)
    day = today()
    return [
        ApproachRow(
            approach=one,
            joins=joins.get(one.id, []),
            is_own=one.organisation_id == actor.organisation_id,
            is_mine=one.id in mine,
            may_edit=coordinates
            or (one.organisation_id == actor.organisation_id and actor.can(Permission.APPROACHES_RESERVE)),
            days_left=one.days_left(day),
        )
        for one in approaches
    ]


def list_joins(approach_ids: Iterable[UUID]) -> dict[UUID, list[JoinRow]]:
    """By approach, how each organisation's wish to join stands, in the order in which they first asked."""
    rows = db.session.scalars(
        select(ApproachJoin)
        .where(ApproachJoin.approach_id.in_(list(approach_ids)))
        .options(joinedload(ApproachJoin.joiner))
        .order_by(ApproachJoin.created_at, ApproachJoin.id)
    )
    newest: dict[UUID, dict[UUID, JoinRow]] = {}
    for row in rows:
        of_approach = newest.setdefault(row.approach_id, {})
        earlier = of_approach.get(row.joiner_id)
        asked_with = row.words if row.decision == JoinDecision.ASKED else (earlier.words if earlier else "")
        of_approach[row.joiner_id] = JoinRow(row.joiner, row.decision, asked_with, row.author_label)
    return {
        approach_id: [one for one in of_approach.values() if one.decision != JoinDecision.WITHDRAWN]
        for approach_id, of_approach in newest.items()
    }


@dataclass(frozen=True)
class HistoryRow:
    """One line of an approach's history: an event of it, or a decision about joining it."""

    event: ApproachEvent | None
    join: ApproachJoin | None

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Newest last."""
        one = self.event or self.join
        assert one is not None
        return (one.created_at, one.id)


def list_history(approach_id: UUID) -> list[HistoryRow]:
    """What happened to an approach, newest first."""
    events = db.session.scalars(
        select(ApproachEvent)
        .where(ApproachEvent.approach_id == approach_id)
        .options(joinedload(ApproachEvent.organisation), joinedload(ApproachEvent.to_organisation))
    )
    joins = db.session.scalars(
        select(ApproachJoin)
        .where(ApproachJoin.approach_id == approach_id)
        .options(joinedload(ApproachJoin.organisation), joinedload(ApproachJoin.joiner))
    )
    rows = [HistoryRow(event, None) for event in events] + [HistoryRow(None, join) for join in joins]
    return sorted(rows, key=lambda row: row.sort_key, reverse=True)


def find_own_side(actor: Actor, approach_id: UUID) -> ApproachOwn | None:
    """The own organisation's side of an approach; none for who may not write any."""
    return db.session.scalar(
        select(ApproachOwn).where(
            ApproachOwn.organisation_id == actor.organisation_id, ApproachOwn.approach_id == approach_id
        )
    )


def list_clashes(
    actor: Actor,
    *,
    person_id: UUID | None,
    institution_id: UUID | None,
    channel: str,
    starts_on: date,
    ends_on: date,
    but: UUID | None = None,
) -> Sequence[Approach]:
    """Live approaches, own ones included, that hold some of these days; ``but`` leaves one out."""
    statement = _within(actor).where(
        of_subject(Approach, person_id, institution_id),
        Approach.channel == channel,
        Approach.state.in_(LIVE),
        Approach.starts_on <= ends_on,
        Approach.ends_on >= starts_on,
    )
    if but is not None:
        statement = statement.where(Approach.id != but)
    return db.session.scalars(statement.order_by(Approach.starts_on)).all()


def suggest_window(
    actor: Actor,
    *,
    person_id: UUID | None,
    institution_id: UUID | None,
    channel: str,
    starts_on: date,
    ends_on: date,
) -> tuple[date, date]:
    """The first window of the same length, from that day on, that nobody holds."""
    length = min(ends_on - starts_on, timedelta(days=LONGEST_WINDOW_DAYS - 1))
    held = db.session.execute(
        select(Approach.starts_on, Approach.ends_on)
        .where(
            Approach.campaign_id == actor.campaign_id,
            of_subject(Approach, person_id, institution_id),
            Approach.channel == channel,
            Approach.state.in_(LIVE),
            Approach.ends_on >= starts_on,
        )
        .order_by(Approach.starts_on)
    )
    free = starts_on
    for taken_from, taken_to in held:
        if taken_from > free + length:
            break
        free = max(free, taken_to + timedelta(days=1))
    return free, free + length


@dataclass(frozen=True)
class ApproachAlert:
    """What the day's page says of an own approach: ``expired``, ``expires``, ``overdue`` (its step) or ``past``."""

    kind: str
    approach: Approach


def list_alerts(actor: Actor, *, limit: int = MOST_ALERTS) -> Few[ApproachAlert]:
    """The organisation's approaches that expired within a week, will within three days, or wait to be told of."""
    if not actor.can(Permission.APPROACHES_RESERVE):
        return Few()
    day = today()
    ends = Approach.state.in_(EXPIRING) & (Approach.ends_on <= day + timedelta(days=SOON_DAYS))
    due = Approach.state.in_(EXPIRING) & (Approach.due_on < day)
    past = (Approach.state == ApproachState.SCHEDULED) & (
        (Approach.ends_on < day) | (Approach.scheduled_on < day)
    )
    expired = Approach.expired_at > now() - EXPIRED_SHOWN_FOR
    found = first_few(
        _within(actor)
        .where(Approach.organisation_id == actor.organisation_id, ends | due | past | expired)
        .order_by(Approach.ends_on, Approach.id),
        limit,
    )
    return Few([ApproachAlert(_alert(one, day), one) for one in found], found.total)


def _alert(approach: Approach, day: date) -> str:
    if approach.expired_at is not None:
        return "expired"
    if approach.state == ApproachState.SCHEDULED:
        return "past"
    return "expires" if (approach.ends_on - day).days <= SOON_DAYS else "overdue"


def list_expired(organisation_id: UUID, *, limit: int = 500) -> Sequence[tuple[UUID, UUID]]:
    """Reservations of one organisation whose window has ended with nothing agreed, each with its campaign."""
    rows = db.session.execute(
        select(Approach.id, Approach.campaign_id)
        .where(
            Approach.organisation_id == organisation_id,
            Approach.state.in_(EXPIRING),
            Approach.ends_on < today(),
        )
        .order_by(Approach.id)
        .limit(limit)
    )
    return [(approach_id, campaign_id) for approach_id, campaign_id in rows]


def _within(actor: Actor) -> Select[Approach]:
    return (
        select(Approach)
        .where(Approach.campaign_id == actor.campaign_id)
        .options(
            joinedload(Approach.person),
            joinedload(Approach.institution),
            joinedload(Approach.organisation),
            selectinload(Approach.asks),
        )
    )


def _seen_to_by(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        ApproachOwn.approach_id == Approach.id,
        ApproachOwn.organisation_id == actor.organisation_id,
        ApproachOwn.owner_user_id == actor.user_id,
        Approach.organisation_id == actor.organisation_id,
    )


def _mine(actor: Actor, approach_ids: list[UUID]) -> set[UUID]:
    if not approach_ids:
        return set()
    return set(
        db.session.scalars(
            select(ApproachOwn.approach_id).where(
                ApproachOwn.organisation_id == actor.organisation_id,
                ApproachOwn.approach_id.in_(approach_ids),
                ApproachOwn.owner_user_id == actor.user_id,
            )
        )
    )
