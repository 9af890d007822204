"""Who may approve: by role, or because an administrator gave it to an organiser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, literal, select

from organising.accounts.models import User
from organising.organisations.models import Membership
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import Permission, Role

from ..models import ApprovalDelegate


@dataclass(frozen=True)
class Delegate:
    """An organiser of the organisation, and since when and from whom they may approve; ``None`` where they may not."""

    user_id: UUID
    name: str
    given_at: datetime | None
    given_label: str | None


def is_delegate(actor: Actor) -> bool:
    """Whether an organiser has been given approval."""
    return actor.role is Role.ORGANISER and bool(db.session.scalar(select_delegations(actor)))


def select_delegations(actor: Actor) -> Select[int]:
    """Whether approval stands given to this organiser: 1, or 0. Other roles have it or can't be given it."""
    return select(func.count(ApprovalDelegate.id)).where(
        literal(actor.role is Role.ORGANISER),
        ApprovalDelegate.user_id == actor.user_id,
        ApprovalDelegate.ended_at.is_(None),
    )


def can_approve(actor: Actor) -> bool:
    """Whether there is anything that this actor may approve, by role or as a delegate."""
    return actor.can(Permission.ACTIONS_APPROVE) or is_delegate(actor)


def list_delegates(actor: Actor) -> Sequence[Delegate]:
    """The organisation's organisers, by name, each with whether they may approve."""
    rows = db.session.execute(
        select(User.id, User.display_name, ApprovalDelegate.created_at, ApprovalDelegate.given_label)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            ApprovalDelegate,
            (ApprovalDelegate.user_id == User.id)
            & (ApprovalDelegate.organisation_id == actor.organisation_id)
            & ApprovalDelegate.ended_at.is_(None),
        )
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            Membership.role == Role.ORGANISER,
        )
        .order_by(User.display_name, User.id)
    )
    return [Delegate(*row) for row in rows]
