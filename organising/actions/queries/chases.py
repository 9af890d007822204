"""Who is asked by mail how an action went, and which questions are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from organising.accounts.models import User
from organising.organisations.models import Membership, Organisation
from organising.organisations.queries.officers import list_present_officers
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import GRANTS, Permission, Role

from ..models import ActionDetail, BranchAction, ReportChase
from ..states import AGREED

AFTER = timedelta(hours=48)
# Older ones wait on the first page alone: a mail about them would come out of the blue.
OLDEST = timedelta(days=21)


@dataclass(frozen=True)
class Asked:
    """Somebody who can say how it went: who they are, acting for this organisation, and their address."""

    actor: Actor
    email: str


def list_unchased(at: datetime) -> Sequence[BranchAction]:
    """The current organisation's actions that ended two days ago, have no report, and about which nobody was asked."""
    asked = select(ReportChase.action_id)
    return db.session.scalars(
        select(BranchAction)
        .join(ActionDetail, ActionDetail.action_id == BranchAction.id)
        .where(
            BranchAction.state.in_(AGREED),
            BranchAction.ends_at <= at - AFTER,
            BranchAction.ends_at > at - OLDEST,
            BranchAction.id.not_in(asked),
        )
        .order_by(BranchAction.ends_at, BranchAction.id)
    ).all()


def list_due_chases(at: datetime) -> Sequence[UUID]:
    """Questions that were neither sent nor answered, and whose time has come."""
    return db.session.scalars(
        select(ReportChase.id)
        .join(BranchAction, BranchAction.id == ReportChase.action_id)
        .where(
            ReportChase.sent_at.is_(None),
            ReportChase.answered_at.is_(None),
            ReportChase.refusal_code.is_(None),
            ReportChase.due_at <= at,
            BranchAction.state.in_(AGREED),
        )
        .order_by(ReportChase.due_at, ReportChase.id)
    ).all()


def find_whom_to_ask(action: BranchAction) -> UUID | None:
    """Who leads it, else who planned it, else an officer of its unit: the first who is still there and may report."""
    detail = db.session.scalars(select(ActionDetail).where(ActionDetail.action_id == action.id)).one()
    candidates = [detail.lead_user_id, detail.created_by]
    if detail.unit_id is not None:
        candidates += [officer.user_id for officer in list_present_officers([detail.unit_id])]
    return next((one for one in candidates if one is not None and find_asked(one, action) is not None), None)


def find_asked(user_id: UUID, action: BranchAction) -> Asked | None:
    """This person acting for the action's organisation; ``None`` where they left, or may report nothing."""
    found = db.session.execute(
        select(Membership, User, Organisation.name)
        .join(User, User.id == Membership.user_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.user_id == user_id,
            Membership.organisation_id == action.organisation_id,
            Membership.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today()),
        )
    ).one_or_none()
    if found is None or not found.User.email:
        return None
    role = Role(found.Membership.role)
    if Permission.ACTIONS_CREATE not in GRANTS[role]:
        return None
    actor = Actor(
        user_id=user_id,
        display_name=found.User.display_name,
        organisation_id=action.organisation_id,
        organisation_name=found.name,
        role=role,
        unit_id=found.Membership.unit_id,
        campaign_id=action.campaign_id,
        subtree_id=found.Membership.subtree_id,
    )
    return Asked(actor, found.User.email)
