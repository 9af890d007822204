"""What of joining forces waits for whom: proposals to answer, partners' answers of late, and whom a mail tells of a decision."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from organising.organisations.queries import list_people
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.permissions import Permission

from ..models import ActionDetail, ActionJoining, ActionJoiningNotice, BranchAction
from ..states import Joining
from .approvers import select_delegations
from .together import Proposal, list_by
from .waiting import mine

# How long an answer is news.
NEWS = timedelta(days=7)
ANSWERS = (Joining.ACCEPTED, Joining.DECLINED, Joining.LEFT)


def list_asked(actor: Actor) -> Sequence[Proposal]:
    """Proposals that wait for an answer, for those who may give it and for those whose action it is."""
    found = list_by(actor, ActionJoining.id.in_(_asked(actor).with_only_columns(ActionJoining.id)))
    return [one for one in found if one.theirs is not None]


def list_answered(actor: Actor, at: datetime | None = None) -> Sequence[Proposal]:
    """What partners answered within the last week about this person's actions, or their unit's."""
    proposals = _answered(actor, at or now()).with_only_columns(ActionJoining.proposal_id)
    return list_by(actor, ActionJoining.id.in_(proposals))


def select_asked(actor: Actor) -> Select[int]:
    """How many proposals wait for an answer."""
    return select(func.count()).select_from(_asked(actor).subquery())


def select_answered(actor: Actor) -> Select[int]:
    """How many answers came within the last week."""
    return select(func.count()).select_from(_answered(actor, now()).subquery())


def _asked(actor: Actor) -> Select[ActionJoining]:
    approves = (
        literal(True)
        if actor.can(Permission.ACTIONS_APPROVE)
        else select_delegations(actor).scalar_subquery() > 0
    )
    return select(ActionJoining).where(
        ActionJoining.other_organisation_id == actor.organisation_id,
        ActionJoining.decision == Joining.PROPOSED,
        _stands(),
        or_(approves, _is_mine(actor)),
    )


def _answered(actor: Actor, at: datetime) -> Select[ActionJoining]:
    return select(ActionJoining).where(
        ActionJoining.other_organisation_id == actor.organisation_id,
        ActionJoining.decision.in_(ANSWERS),
        ActionJoining.created_at > at - NEWS,
        _stands(),
        _is_mine(actor),
    )


def _is_mine(actor: Actor) -> ColumnElement[bool]:
    return ActionJoining.other_action_id.in_(mine(actor).with_only_columns(BranchAction.id))


def _stands() -> ColumnElement[bool]:
    """Nothing was decided about the proposal after this."""
    later = aliased(ActionJoining)
    after = or_(
        later.created_at > ActionJoining.created_at,
        # In the same moment, whatever answers comes after what proposes.
        and_(later.created_at == ActionJoining.created_at, ActionJoining.decision == Joining.PROPOSED),
    )
    same = and_(later.proposal_id == ActionJoining.proposal_id, later.id != ActionJoining.id)
    return ~select(later.id).where(same, after).exists()


def list_to_tell(organisation_id: UUID, at: datetime) -> Sequence[ActionJoining]:
    """Partners' decisions of late about actions of the session's organisation that still stand."""
    decisions = select(ActionJoining).where(
        ActionJoining.other_organisation_id == organisation_id,
        ActionJoining.decision.in_((Joining.PROPOSED, *ANSWERS)),
        ActionJoining.created_at > at - NEWS,
        _stands(),
    )
    return db.session.scalars(decisions.order_by(ActionJoining.created_at, ActionJoining.id)).all()


def list_concerned(actor: Actor, action_id: UUID) -> list[tuple[Actor, str]]:
    """Whom of the actor's organisation a decision about its action concerns: who leads it, else who planned it, else all who approve."""
    found = db.session.execute(
        select(ActionDetail.lead_user_id, ActionDetail.created_by).where(ActionDetail.action_id == action_id)
    ).one_or_none()
    able = partial(
        list_people,
        actor.organisation_id,
        organisation_name=actor.organisation_name,
        campaign_id=actor.campaign_id,
    )
    for user_id in found or ():
        people = able(Permission.ACTIONS_CREATE, user_id=user_id) if user_id else []
        if people:
            return people
    return able(Permission.ACTIONS_APPROVE)


def list_told_of(decision_id: UUID) -> set[UUID]:
    """Who of the session's organisation was written to about a decision."""
    told = select(ActionJoiningNotice.user_id).where(ActionJoiningNotice.decision_id == decision_id)
    return set(db.session.scalars(told))
