"""A motion and the action in the diary at which it is put: linked from either page, and with one outcome between them."""

from datetime import datetime, time, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, select

from organising.actions.linked_motions import LinkedMotion, register_motions
from organising.actions.models import ActionDetail, BranchAction, MotionOutcome
from organising.actions.queries import find_report
from organising.actions.services import Plan, plan_action, submit_action
from organising.actions.services.rules import get_own
from organising.actions.states import Kind
from organising.actions.states import State as ActionState
from organising.motions.models import Motion, MotionDetail
from organising.motions.states import AWAITED, State
from organising.motions.words import state_words
from organising.organisations.queries import within_reach
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid

from .outcomes import Told, past_day, tell_outcome
from .rules import check_version, note, take
from .steps import take_step

MOST = 50


def find_linked(action_id: UUID) -> LinkedMotion | None:
    """The own organisation's motion that an action is about."""
    row = db.session.execute(
        select(Motion.id, Motion.outcome)
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(MotionDetail.action_id == action_id)
    ).one_or_none()
    return LinkedMotion(row.id, row.outcome) if row else None


def tell_from_report(actor: Actor, action: BranchAction, outcome: str) -> None:
    """What a report says of its motion, told on the motion's page. Raises ``Invalid`` where that says something else."""
    linked = find_linked(action.id)
    if linked is None or linked.outcome == outcome:
        return
    motion = db.session.get_one(Motion, linked.motion_id)
    if motion.state == State.DRAFTED:
        take_step(actor, motion.id, "submit", motion.version, gaps_seen=True)
    if motion.state not in AWAITED:
        words = _(
            "The motion’s own page says “%(state)s”. Put it right there first.",
            state=state_words(motion.state),
        )
        raise Invalid(words, motion_outcome=words)
    held_on = action.starts_at.astimezone(LONDON).date()
    tell_outcome(actor, motion.id, motion.version, Told(outcome, past_day(held_on)))


register_motions(find_linked, tell_from_report)


def list_actions_to_link(actor: Actor) -> list[BranchAction]:
    """Actions of that kind within reach that are not called off and that no motion is linked with, the next first."""
    return list(db.session.scalars(_linkable(actor).order_by(BranchAction.starts_at.desc()).limit(MOST)))


def _linkable(actor: Actor) -> Select[BranchAction]:
    taken = select(MotionDetail.action_id).where(MotionDetail.action_id.is_not(None))
    return (
        select(BranchAction)
        .join(ActionDetail, ActionDetail.action_id == BranchAction.id)
        .where(
            BranchAction.organisation_id == actor.organisation_id,
            BranchAction.kind == Kind.MOTION,
            BranchAction.state != ActionState.CANCELLED,
            BranchAction.id.not_in(taken),
            within_reach(actor, ActionDetail.unit_id),
        )
    )


def link_action(
    actor: Actor, motion_id: UUID, version: int, action_id: UUID, *, at: datetime | None = None
) -> Motion:
    """Link an action of that kind. What its report said of the motion becomes the motion's. Raises ``Invalid``, ``NotFound``."""
    taken = take(actor, motion_id, "edit")
    motion = taken.motion
    if taken.detail.action_id == action_id:
        return motion
    check_version(motion, version)
    action = get_own(actor, action_id)
    if db.session.scalar(_linkable(actor).where(BranchAction.id == action_id)) is None:
        raise Invalid(
            "That action can't be linked.", action="Choose an action of the kind “Motion” that has none yet."
        )
    if taken.detail.action_id is not None:
        raise Conflict("This motion stands in the diary already.")
    taken.detail.action_id = action.id
    db.session.flush()
    report = find_report(action)
    if report is not None and report.motion_outcome is not None:
        tell_from_report(actor, action, report.motion_outcome)
        report.motion_outcome = None
    motion.version += 1
    note(actor, taken, "linked", at or now())
    return motion


def unlink_action(actor: Actor, motion_id: UUID, version: int, *, at: datetime | None = None) -> Motion:
    """Undo the link. A report of the action says again by itself what became of the motion."""
    taken = take(actor, motion_id, "edit")
    motion, detail = taken.motion, taken.detail
    if detail.action_id is None:
        return motion
    check_version(motion, version)
    action = db.session.get_one(BranchAction, detail.action_id)
    report = find_report(action)
    if report is not None and motion.outcome in set(MotionOutcome):
        report.motion_outcome = motion.outcome
    detail.action_id = None
    motion.version += 1
    note(actor, taken, "unlinked", at or now())
    return motion


def put_in_diary(actor: Actor, motion_id: UUID, version: int, *, at: datetime | None = None) -> BranchAction:
    """An action on the meeting's day, sent in for approval as its kind needs, and linked: so it stands in the calendar."""
    taken = take(actor, motion_id, "edit")
    motion = taken.motion
    if taken.detail.action_id is not None:
        return db.session.get_one(BranchAction, taken.detail.action_id)
    check_version(motion, version)
    if motion.meeting_on is None or motion.meeting_on < today():
        raise Invalid("There is no meeting to come.", meeting_on="Give the day of the meeting first.")
    begins = datetime.combine(motion.meeting_on, time.min, LONDON)
    ends = datetime.combine(motion.meeting_on + timedelta(days=1), time.min, LONDON)
    plan = Plan(
        kind=Kind.MOTION,
        title=_("Motion: %(body)s", body=motion.body)[:120],
        starts_at=begins,
        ends_at=ends,
        all_day=True,
        area=motion.area or motion.body[:80],
        unit_id=taken.detail.unit_id,
        lead_user_id=taken.detail.lead_user_id,
    )
    action = plan_action(actor, plan)
    if motion.state != State.DRAFTED:
        submit_action(actor, action.id, action.version)
    link_action(actor, motion_id, version, action.id, at=at)
    return action
