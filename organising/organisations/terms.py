"""Terms of office: a role in the product lasts as long as they do, and open work follows to the successor."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now, today
from ..platform.db import db
from ..platform.many import among
from ..platform.permissions import Role
from .models import Invitation, Membership, UnitOfficer
from .open_work import move_open_work


def end_all(actor: Actor, unit_ids: Collection[UUID], last_day: date) -> dict[UUID, date | None]:
    """End what terms run in these units with that day; answers what their last days were before."""
    running = db.session.scalars(
        select(UnitOfficer).where(
            among(UnitOfficer.unit_id, unit_ids),
            UnitOfficer.removed_at.is_(None),
            or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on > last_day),
        )
    ).all()
    before = {officer.id: officer.ends_on for officer in running}
    for officer in running:
        if officer.starts_on > last_day:
            officer.removed_at = now()
        else:
            officer.ends_on = last_day
    db.session.flush()
    for officer in running:
        sync_access(actor, officer)
    return before


def restore_ends(actor: Actor, ends: dict[UUID, date | None]) -> None:
    """Give terms their last days back. Access that has ended meanwhile is by invitation again."""
    for officer in db.session.scalars(select(UnitOfficer).where(UnitOfficer.id.in_(ends))).all():
        officer.ends_on, officer.removed_at = ends[officer.id], None
        db.session.flush()
        sync_access(actor, officer)


def sync_access(actor: Actor, officer: UnitOfficer) -> None:
    """Let the role in the product last as long as the offices that the person holds in the unit, and no longer."""
    is_over = officer.removed_at is not None or (officer.ends_on is not None and officer.ends_on < today())
    if is_over:
        withdraw_invitations(actor, officer)
    if officer.user_id is None:
        return
    membership = db.session.scalars(
        select(Membership).where(
            Membership.user_id == officer.user_id,
            Membership.organisation_id == actor.organisation_id,
            Membership.role == Role.OFFICER,
            Membership.unit_id == officer.unit_id,
            Membership.ended_at.is_(None),
        )
    ).one_or_none()
    if membership is None:
        return
    ends = _ends_of_offices(officer.unit_id, officer.user_id)
    if not ends:
        membership.end(now())
        record(actor, "member.ended", "membership", membership.id, role=membership.role)
    else:
        membership.ends_on = None if None in ends else max(day for day in ends if day is not None)
    db.session.flush()


def _ends_of_offices(unit_id: UUID, user_id: UUID) -> list[date | None]:
    return list(
        db.session.scalars(
            select(UnitOfficer.ends_on).where(
                UnitOfficer.unit_id == unit_id,
                UnitOfficer.user_id == user_id,
                UnitOfficer.removed_at.is_(None),
                or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on >= today()),
            )
        )
    )


def end_terms(actor: Actor) -> int:
    """End the memberships whose last day is over; returns how many. The context has no person: a sweep's."""
    ended = db.session.execute(select(func.app.end_terms().table_valued("membership_id", "unit_id"))).all()
    for row in ended:
        record(actor, "member.term_ended", "membership", row.membership_id)
    return len(ended)


def follow_work(actor: Actor, officer: UnitOfficer) -> int:
    """Give a successor what the leaver had in hand, once the day has come and both have accounts; answers how much."""
    if officer.follows_id is None or officer.followed_at is not None or officer.removed_at is not None:
        return 0
    leaver = db.session.scalars(select(UnitOfficer).where(UnitOfficer.id == officer.follows_id)).one_or_none()
    if officer.user_id is None or officer.starts_on > today():
        return 0
    officer.followed_at = now()
    if leaver is None or leaver.user_id is None or leaver.user_id == officer.user_id:
        return 0
    moved = move_open_work(actor, officer.unit_id, leaver.user_id, officer.user_id)
    record(actor, "officer.work_followed", "unit", officer.unit_id, count=moved)
    return moved


def follow_all(actor: Actor) -> int:
    """Let open work follow every successor whose day has come and who has an account by now."""
    waiting = db.session.scalars(
        select(UnitOfficer).where(
            UnitOfficer.follows_id.is_not(None),
            UnitOfficer.followed_at.is_(None),
            UnitOfficer.removed_at.is_(None),
            UnitOfficer.user_id.is_not(None),
            UnitOfficer.starts_on <= today(),
        )
    ).all()
    return sum(follow_work(actor, officer) for officer in waiting)


def withdraw_invitations(actor: Actor, officer: UnitOfficer) -> None:
    """Take back what was sent for this office and not answered yet."""
    for invitation in db.session.scalars(select(Invitation).where(Invitation.officer_id == officer.id)).all():
        if invitation.withdraw(now()):
            record(actor, "invitation.withdrawn", "invitation", invitation.id)
