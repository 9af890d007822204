"""Reading the signed-in person, afresh at each request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, Uuid, bindparam, select, text, update
from sqlalchemy.orm import Session

from ..platform.access import SignedIn
from ..platform.actor import MembershipSummary
from ..platform.clock import now
from ..platform.db import db
from ..platform.permissions import Role
from ..platform.tenancy import Context, TenantSession, use_context
from .models import OfficerSession, User

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
       AND (:session IS NULL OR m.role = 'officer'
            AND m.id = (SELECT s.membership_id FROM officer_session s WHERE s.id = :session))
      LEFT JOIN organisation o ON o.id = m.organisation_id AND o.left_at IS NULL
     WHERE u.id = :user AND u.session_epoch = :epoch
       AND (:session IS NULL OR EXISTS (SELECT FROM officer_session s WHERE s.id = :session AND s.user_id = u.id
            AND s.revoked_at IS NULL AND s.confirmed_at IS NOT NULL AND s.expires_at > now()))
     ORDER BY o.short_name
    """
).bindparams(bindparam("session", type_=Uuid))
# How often a session's row is told that it was used.
TOUCHED_EACH = timedelta(hours=1)


def find_email(user_id: UUID | None) -> str:
    """The address of a person whom the session may read, or nothing."""
    user = db.session.scalars(select(User).where(User.id == user_id)).one_or_none()
    return (user.email if user else None) or ""


def load_signed_in(user_id: UUID, session_epoch: int, session_id: UUID | None = None) -> SignedIn | None:
    """The person and their live memberships, or ``None`` where the account or this session is gone.

    ``session_id``: signed in by link, and so nothing but an officer of one unit, whatever else the person is. Uses its own short session, since the request's session is bound to one organisation.
    """
    with current_app.app_context(), TenantSession(db, info={"context": Context(user_id=user_id)}) as session:
        given = {"user": user_id, "epoch": session_epoch, "session": session_id}
        rows = session.execute(MEMBERSHIPS, given).all()
        if rows and session_id is not None:
            _touch(session, session_id)
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
    return SignedIn(
        user_id, rows[0].display_name, session_epoch, memberships, rows[0].has_second_factor, session_id
    )


def _touch(session: Session, session_id: UUID) -> None:
    """Note now and then that the session is in use, for the list of devices."""
    old = update(OfficerSession).where(
        OfficerSession.id == session_id, OfficerSession.last_used_at < now() - TOUCHED_EACH
    )
    touched: Any = session.execute(
        old.values(last_used_at=now()), execution_options={"synchronize_session": False}
    )
    if touched.rowcount:
        session.commit()


def list_own_sessions(user_id: UUID) -> Sequence[OfficerSession]:
    """The person's live sessions by link, the one used last first; in a session of its own."""
    with use_context(Context(user_id=user_id)) as session:
        found = session.scalars(_live().where(OfficerSession.user_id == user_id)).all()
        session.expunge_all()
        return found


def list_officers_sessions(organisation_id: UUID) -> Sequence[OfficerSession]:
    """The live sessions by link of an organisation's officers; row security shows them to those in charge."""
    return db.session.scalars(_live().where(OfficerSession.organisation_id == organisation_id)).all()


def _live() -> Select[OfficerSession]:
    return (
        select(OfficerSession)
        .where(
            OfficerSession.revoked_at.is_(None),
            OfficerSession.confirmed_at.is_not(None),
            OfficerSession.expires_at > now(),
        )
        .order_by(OfficerSession.last_used_at.desc())
    )


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
