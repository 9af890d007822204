"""What time takes away of sign-ups: those that nobody confirmed, and everybody's some weeks after the action."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, true

from organising.actions.models import BranchAction
from organising.actions.states import State
from organising.platform.db import change_rows, db

from ..models import STANDING, AttendanceMail, Attended, MailKind, SignUp, SignUpPage, SignUpState
from ..texts import KEPT_DAYS, UNCONFIRMED_DAYS


def erase_unconfirmed(at: datetime) -> int:
    """Remove the current organisation's sign-ups that nobody confirmed in time; answers how many."""
    old = at - timedelta(days=UNCONFIRMED_DAYS)
    return _remove(SignUp.state == SignUpState.UNCONFIRMED, SignUp.created_at < old)


def remove_people(at: datetime) -> int:
    """Remove everybody of actions that ended long enough ago; how many signed up and came stays."""
    over = select(BranchAction.id).where(BranchAction.ends_at < at - timedelta(days=KEPT_DAYS))
    return _remove_of(SignUp.action_id.in_(over), at)


def remove_everybody(at: datetime) -> int:
    """Remove all sign-ups of the current organisation, which keeps nobody any more; the numbers stay."""
    return _remove_of(true(), at)


def are_people_coming(at: datetime) -> bool:
    """Whether anybody signed up for what is still ahead, and was not yet told that it is called off."""
    told = (
        select(AttendanceMail.id)
        .where(
            AttendanceMail.sign_up_id == SignUp.id,
            AttendanceMail.kind == MailKind.CANCELLED,
            func.num_nonnulls(
                AttendanceMail.confirmation_sent_at,
                AttendanceMail.confirmation_refused_at,
                AttendanceMail.dropped_at,
            )
            > 0,
        )
        .exists()
    )
    coming = (
        select(SignUp.id)
        .join(BranchAction, BranchAction.id == SignUp.action_id)
        .where(
            SignUp.state.in_(STANDING),
            BranchAction.ends_at > at,
            ~((BranchAction.state == State.CANCELLED) & told),
        )
    )
    return bool(db.session.scalar(select(coming.exists())))


RETENTION = {"attendance.unconfirmed": erase_unconfirmed, "attendance.people": remove_people}


def acts(at: datetime) -> dict[str, Any]:
    """What each rule does at a moment."""
    return {rule: partial(act, at) for rule, act in RETENTION.items()}


def _remove_of(which: ColumnElement[bool], at: datetime) -> int:
    action_ids = list(db.session.scalars(select(SignUp.action_id).where(which).distinct()))
    for action_id in action_ids:
        _keep_numbers(action_id, at)
    return _remove(SignUp.action_id.in_(action_ids)) if action_ids else 0


def _keep_numbers(action_id: UUID, at: datetime) -> None:
    signed_up, came = db.session.execute(
        select(
            func.count().filter(SignUp.state.in_(STANDING)),
            func.count().filter(SignUp.attended == Attended.CAME),
        ).where(SignUp.action_id == action_id)
    ).one()
    page = db.session.scalars(select(SignUpPage).where(SignUpPage.action_id == action_id)).one_or_none()
    if page is None:
        page = SignUpPage(action_id=action_id)
        db.session.add(page)
        db.session.flush()
    page.signed_up = (page.signed_up or 0) + signed_up
    page.came = (page.came or 0) + came
    page.deleted_at = at
    db.session.flush()


def _remove(*conditions: Any) -> int:
    return change_rows(delete(SignUp).where(*conditions))
