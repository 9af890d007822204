"""Partners' actions near one of ours, and what was decided about running two together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.representatives.models import Area, AreaKind

from ..models import ActionArea, ActionJoining, BranchAction
from ..states import EDITABLE, JOININGS, Joining, State, Who

NEARBY_DAYS = 7
# Nobody can join what is over or called off; a proposal of partners' counts once it is shared.
OPEN = frozenset(EDITABLE - {State.DRAFT})


class Near(StrEnum):
    """How near a partner's action is, nearest first."""

    SEAT = "seat"
    TOWN = "town"
    COUNCIL = "council"
    BESIDE = "beside"


RANKS = list(Near)


@dataclass(frozen=True)
class Nearby:
    """A partner's action in the same days, and how near it is."""

    action: BranchAction
    near: Near


@dataclass(frozen=True)
class Proposal:
    """A proposal to run two actions together as it stands, seen from the actor's organisation.

    ``ours`` and ``theirs`` are the two actions; ``theirs`` is ``None`` where it can no longer be read.
    """

    id: UUID
    state: Joining
    words: str
    at: datetime
    by_label: str
    is_ours: bool
    our_action_id: UUID
    theirs: BranchAction | None
    partner: Organisation

    @property
    def verbs(self) -> frozenset[str]:
        """What this side may decide now."""
        side = Who.PROPOSER if self.is_ours else Who.ASKED
        return frozenset(
            verb
            for verb, step in JOININGS.items()
            if self.state in step.sources and step.who in (side, Who.EITHER)
        )


def list_nearby(actor: Actor, action: BranchAction, at: datetime | None = None) -> Sequence[Nearby]:
    """Partners' actions within a week of one, in the same constituency, town or council or a constituency beside it."""
    here, there = aliased(Area), aliased(Area)
    around = (
        select(
            func.min(
                case(
                    (and_(here.id == there.id, here.kind == AreaKind.WESTMINSTER), literal(0)),
                    (here.id == there.id, literal(2)),
                    else_=literal(3),
                )
            )
        )
        .select_from(ActionArea)
        .join(there, there.id == ActionArea.area_id)
        .join(
            here,
            or_(
                and_(here.id == there.id, here.kind.in_([AreaKind.WESTMINSTER, AreaKind.LOCAL_AUTHORITY])),
                and_(
                    here.kind == AreaKind.WESTMINSTER,
                    there.kind == AreaKind.WESTMINSTER,
                    func.abs(here.hex_q - there.hex_q) <= 1,
                    func.abs(here.hex_r - there.hex_r) <= 1,
                ),
            ),
        )
        .where(
            ActionArea.action_id == BranchAction.id,
            here.id.in_(select(_our_areas(action.id))),
        )
        .scalar_subquery()
    )
    same_town = func.lower(BranchAction.area) == action.area.lower()
    rank = func.least(func.coalesce(around, 9), case((same_town, 1), else_=9))
    window = timedelta(days=NEARBY_DAYS)
    found = db.session.execute(
        select(BranchAction, rank)
        .where(
            BranchAction.campaign_id == action.campaign_id,
            BranchAction.organisation_id != actor.organisation_id,
            BranchAction.shared_at.is_not(None),
            BranchAction.state.in_(OPEN),
            BranchAction.starts_at.between(action.starts_at - window, action.starts_at + window),
            BranchAction.ends_at > (at or now()),
            rank < 9,
        )
        .order_by(rank, BranchAction.starts_at, BranchAction.id)
        .limit(20)
    )
    return [Nearby(one, RANKS[place]) for one, place in found]


def _our_areas(action_id: UUID):  # type: ignore[no-untyped-def]
    ours = aliased(ActionArea)
    return select(ours.area_id).where(ours.action_id == action_id).subquery().c.area_id


def list_proposals(actor: Actor, action: BranchAction) -> Sequence[Proposal]:
    """What was proposed about one of our actions, by us or to us, the newest first."""
    return _proposals(
        actor, or_(ActionJoining.action_id == action.id, ActionJoining.other_action_id == action.id)
    )


def list_by(actor: Actor, condition: ColumnElement[bool]) -> Sequence[Proposal]:
    """The proposals between our organisation and partners for which this holds, the newest first."""
    return _proposals(actor, condition)


def get_proposal(actor: Actor, proposal_id: UUID) -> Proposal:
    """One between our organisation and a partner. Raises :class:`NotFound`."""
    found = _proposals(actor, ActionJoining.id == proposal_id)
    if not found:
        raise NotFound
    return found[0]


def _proposals(actor: Actor, condition) -> list[Proposal]:  # type: ignore[no-untyped-def]
    asked = db.session.scalars(
        select(ActionJoining)
        .where(
            ActionJoining.decision == Joining.PROPOSED,
            or_(
                ActionJoining.organisation_id == actor.organisation_id,
                ActionJoining.other_organisation_id == actor.organisation_id,
            ),
            condition,
        )
        .order_by(ActionJoining.created_at.desc(), ActionJoining.id)
    ).all()
    if not asked:
        return []
    newest = _newest([one.id for one in asked])
    theirs = _readable({_ours_and_theirs(actor, one)[1] for one in asked})
    partners = {
        one.id: one
        for one in db.session.scalars(
            select(Organisation).where(Organisation.id.in_({_partner_id(actor, one) for one in asked}))
        )
    }
    return [_proposal(actor, one, newest[one.id], theirs, partners) for one in asked]


def _proposal(
    actor: Actor,
    asked: ActionJoining,
    newest: ActionJoining,
    theirs: dict[UUID, BranchAction],
    partners: dict[UUID, Organisation],
) -> Proposal:
    our_id, their_id = _ours_and_theirs(actor, asked)
    return Proposal(
        asked.id,
        Joining(newest.decision),
        asked.words,
        newest.created_at,
        newest.author_label,
        asked.organisation_id == actor.organisation_id,
        our_id,
        theirs.get(their_id),
        partners[_partner_id(actor, asked)],
    )


def _ours_and_theirs(actor: Actor, asked: ActionJoining) -> tuple[UUID, UUID]:
    pair = (asked.action_id, asked.other_action_id)
    return pair if asked.organisation_id == actor.organisation_id else pair[::-1]


def _partner_id(actor: Actor, asked: ActionJoining) -> UUID:
    return (
        asked.other_organisation_id
        if asked.organisation_id == actor.organisation_id
        else asked.organisation_id
    )


def _newest(proposal_ids: list[UUID]) -> dict[UUID, ActionJoining]:
    """The last decision of each proposal; one that ended it stays whatever was written in the same moment."""
    rows = db.session.scalars(
        select(ActionJoining)
        .where(ActionJoining.proposal_id.in_(proposal_ids))
        .order_by(ActionJoining.created_at, ActionJoining.decision != Joining.PROPOSED)
    )
    return {row.proposal_id: row for row in rows}


def _readable(action_ids: set[UUID]) -> dict[UUID, BranchAction]:
    rows = db.session.scalars(
        select(BranchAction).where(BranchAction.id.in_(action_ids), BranchAction.shared_at.is_not(None))
    )
    return {row.id: row for row in rows}


def list_joined(action_id: UUID) -> Sequence[BranchAction]:
    """The actions with which one is run together, as every partner may know."""
    steps = db.session.scalars(
        select(ActionJoining)
        .where(
            or_(ActionJoining.action_id == action_id, ActionJoining.other_action_id == action_id),
            ActionJoining.decision.in_([Joining.ACCEPTED, Joining.LEFT]),
        )
        .order_by(ActionJoining.created_at, ActionJoining.decision == Joining.LEFT)
    )
    newest = {step.proposal_id: step for step in steps}
    joined = {
        step.other_action_id if step.action_id == action_id else step.action_id
        for step in newest.values()
        if step.decision == Joining.ACCEPTED
    }
    return [one for one in _readable(joined).values() if one.state != State.CANCELLED]
