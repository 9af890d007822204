"""Approving: several at once, comments on the way, and to which organisers it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from organising.actions import queries
from organising.actions.models import ApprovalDelegate, BranchAction
from organising.actions.states import may
from organising.organisations.models import Membership
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import DomainError, Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission, Role

from .changing import approve_action
from .rules import note

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Refused:
    """An action that was not approved with the others, and why."""

    title: str
    reason: str


def approve_many(
    actor: Actor, seen: Mapping[UUID, int], comment: str | None = None, *, at: datetime | None = None
) -> tuple[list[BranchAction], list[Refused]]:
    """Approve several as they were seen: id to version. Each by itself; one that is refused leaves the others."""
    if len(seen) > MOST_AT_ONCE:
        raise Invalid(f"Approve at most {MOST_AT_ONCE} at once.")
    approved, refused = [], []
    for action_id, version in seen.items():
        try:
            with db.session.begin_nested():
                approved.append(approve_action(actor, action_id, version, comment, at=at))
        except NotFound:
            raise
        except DomainError as reason:
            action = queries.get_record(actor, action_id).action
            refused.append(Refused(action.title, reason.message))
    return approved, refused


def comment_action(
    actor: Actor, action_id: UUID, comment: str, *, at: datetime | None = None
) -> BranchAction:
    """Say something about a plan without deciding: its planners and those who approve read it. Raises ``Invalid``."""
    record = queries.get_record(actor, action_id)
    if not record.standing.is_own:
        raise NotFound
    if not (record.sees_private and (may(actor, "edit", record.standing) or queries.can_approve(actor))):
        raise Forbidden("Your role in this organisation does not allow this.")
    if not comment.strip():
        raise Invalid("Write something.", comment="Write something.")
    note(actor, record.action, "commented", at or now(), comment=comment)
    return record.action


def give_approval(actor: Actor, user_id: UUID, *, at: datetime | None = None) -> bool:
    """Let an organiser approve colleagues' actions. Returns whether that is new. Raises ``NotFound`` for anyone who is none of theirs."""
    actor.check(Permission.MEMBERS_MANAGE)
    organiser = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.organisation_id == actor.organisation_id,
        Membership.ended_at.is_(None),
        Membership.role == Role.ORGANISER,
    )
    if db.session.scalar(organiser) is None:
        raise NotFound
    if _find_open(user_id) is not None:
        return False
    moment = at or now()
    db.session.add(ApprovalDelegate(user_id=user_id, given_label=actor.author_label, created_at=moment))
    db.session.flush()
    audit.record(actor, "action.approval_given", "user", user_id, at=moment)
    return True


def take_approval_back(actor: Actor, user_id: UUID, *, at: datetime | None = None) -> None:
    """End it. Raises ``NotFound`` where it does not stand."""
    actor.check(Permission.MEMBERS_MANAGE)
    found = _find_open(user_id)
    if found is None:
        raise NotFound
    found.ended_at = at or now()
    audit.record(actor, "action.approval_taken_back", "user", user_id, at=found.ended_at)


def _find_open(user_id: UUID) -> ApprovalDelegate | None:
    return db.session.scalars(
        select(ApprovalDelegate).where(
            ApprovalDelegate.user_id == user_id, ApprovalDelegate.ended_at.is_(None)
        )
    ).one_or_none()
