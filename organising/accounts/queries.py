"""Reading the signed-in person, afresh at each request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from ..platform.access import SignedIn
from ..platform.actor import MembershipSummary
from ..platform.db import db
from ..platform.permissions import Role
from ..platform.tenancy import Context, TenantSession, use_context
from .models import User

# A person reads their own memberships in every organisation; the unit's name is read later, in its
# organisation.
MEMBERSHIPS = text(
    """
    SELECT u.display_name, app.has_second_factor(u.id) AS has_second_factor,
           app.second_factor_due(m.organisation_id, m.role) AS second_factor_due, m.id, m.organisation_id, m.role, m.unit_id,
           m.subtree_id, o.short_name,
           (SELECT c.campaign_id FROM campaign_member c WHERE c.organisation_id = m.organisation_id
             AND c.coalition_status <> 'left' ORDER BY c.created_at LIMIT 1) AS campaign_id
      FROM "user" u
      LEFT JOIN membership m ON m.user_id = u.id AND m.ended_at IS NULL
       AND (m.ends_on IS NULL OR m.ends_on >= (now() AT TIME ZONE 'Europe/London')::date)
      LEFT JOIN organisation o ON o.id = m.organisation_id AND o.left_at IS NULL
     WHERE u.id = :user AND u.session_epoch = :epoch
     ORDER BY o.short_name
    """
)


def find_email(user_id: UUID | None) -> str:
    """The address of a person whom the session may read, or nothing."""
    user = db.session.scalars(select(User).where(User.id == user_id)).one_or_none()
    return (user.email if user else None) or ""


def load_signed_in(user_id: UUID, session_epoch: int) -> SignedIn | None:
    """The person and their live memberships, or ``None`` where the account or this session is gone.

    Uses its own short session, since the request's session is bound to one organisation.
    """
    with current_app.app_context(), TenantSession(db, info={"context": Context(user_id=user_id)}) as session:
        rows = session.execute(MEMBERSHIPS, {"user": user_id, "epoch": session_epoch}).all()
    if not rows:
        return None
    memberships = tuple(
        MembershipSummary(
            row.id,
            row.organisation_id,
            row.short_name,
            Role(row.role),
            row.unit_id,
            None,
            row.campaign_id,
            second_factor_due=row.second_factor_due,
            subtree_id=row.subtree_id,
        )
        for row in rows
        if row.short_name is not None
    )
    return SignedIn(user_id, rows[0].display_name, session_epoch, memberships, rows[0].has_second_factor)


@dataclass(frozen=True)
class Account:
    """What a person sees of their own account."""

    user_id: UUID
    display_name: str
    email: str
    created_at: datetime


def read_account(user_id: UUID) -> Account:
    """One's own account, also for a person without any membership; in its own short session."""
    with use_context(Context(user_id=user_id)) as session:
        user = session.get_one(User, user_id)
        return Account(user.id, user.display_name, user.email or "", user.created_at)
