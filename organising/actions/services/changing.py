"""The steps between plan and report, and after it: send in, approve, confirm, call off, check, close."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from organising.actions.models import BranchAction
from organising.actions.states import TRANSITIONS, State, needs_approval
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid

from .preparing import check_assessed
from .rules import Taken, check_version, note, take


def submit_action(actor: Actor, action_id: UUID, version: int, *, at: datetime | None = None) -> BranchAction:
    """Send a draft in. One of low risk, not public, goes straight into the diary by standing approval."""
    moment = at or now()
    taken = take(actor, action_id, "submit")
    if needs_approval(taken.action.kind, taken.action.is_public):
        return _step(actor, taken, "submit", "submitted", version, moment)
    action = _step(actor, taken, "stand", "scheduled_standing", version, moment)
    taken.detail.approval = "standing"
    return action


def approve_action(
    actor: Actor, action_id: UUID, version: int, comment: str | None = None, *, at: datetime | None = None
) -> BranchAction:
    """Approve what was seen: not one's own work, and not a version that has changed since."""
    taken = take(actor, action_id, "approve")
    check_assessed(taken.action)
    action = _step(actor, taken, "approve", "approved", version, at or now(), comment)
    taken.detail.approval = "person"
    return action


def request_changes(
    actor: Actor, action_id: UUID, version: int, comment: str, *, at: datetime | None = None
) -> BranchAction:
    """Give it back with a comment that says what to change. Raises ``Invalid`` without one."""
    if not comment.strip():
        raise Invalid("Say what should change.", comment="Say what should change.")
    taken = take(actor, action_id, "request_changes")
    return _step(actor, taken, "request_changes", "changes_requested", version, at or now(), comment)


def schedule_action(
    actor: Actor, action_id: UUID, version: int, *, at: datetime | None = None
) -> BranchAction:
    """Confirm that an approved action goes ahead."""
    return _step(actor, take(actor, action_id, "schedule"), "schedule", "scheduled", version, at or now())


def cancel_action(
    actor: Actor, action_id: UUID, version: int, comment: str | None = None, *, at: datetime | None = None
) -> BranchAction:
    """Call it off; :func:`restore_action` takes that back."""
    return _step(
        actor, take(actor, action_id, "cancel"), "cancel", "cancelled", version, at or now(), comment
    )


def restore_action(
    actor: Actor, action_id: UUID, version: int, *, at: datetime | None = None
) -> BranchAction:
    """Undo a cancellation: the action stands where it stood."""
    return _step(actor, take(actor, action_id, "restore"), "restore", "restored", version, at or now())


def check_report(actor: Actor, action_id: UUID, version: int, *, at: datetime | None = None) -> BranchAction:
    """Accept the numbers of a colleague's report; they can't be changed after this."""
    return _step(actor, take(actor, action_id, "check"), "check", "checked", version, at or now())


def close_action(actor: Actor, action_id: UUID, version: int, *, at: datetime | None = None) -> BranchAction:
    """Nothing more is to be done."""
    return _step(actor, take(actor, action_id, "close"), "close", "closed", version, at or now())


def _step(
    actor: Actor, taken: Taken, verb: str, what: str, version: int, at: datetime, comment: str | None = None
) -> BranchAction:
    """Walk one step; pressed twice it changes nothing. Raises ``EditedMeanwhile``, ``NotNow``."""
    action = taken.action
    target = TRANSITIONS[verb].target
    if action.state == target or (target is None and action.state != State.CANCELLED):
        return action
    check_version(action, version)
    walk: Callable[[datetime], bool] = getattr(action, verb)
    if walk(at):
        note(actor, action, what, at, comment=comment)
    return action


def finish_past_actions(actor: Actor, *, at: datetime | None = None) -> int:
    """Mark the organisation's agreed actions whose time is over as done; answers how many. For the sweep."""
    moment = at or now()
    over = (
        select(BranchAction)
        .where(
            BranchAction.organisation_id == actor.organisation_id,
            BranchAction.state.in_(TRANSITIONS["finish"].sources),
            BranchAction.ends_at <= moment,
        )
        .order_by(BranchAction.id)
        .with_for_update(of=BranchAction, skip_locked=True)
    )
    done = [action for action in db.session.scalars(over).all() if action.finish(moment)]
    for action in done:
        note(actor, action, "finished", moment)
    return len(done)
