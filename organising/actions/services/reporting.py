"""Reporting: what came of an action. Sent twice from a phone with a bad connection, it is kept once."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.actions import queries
from organising.actions.linked_motions import find_motion, tell_motion
from organising.actions.models import ActionReport, BranchAction, NotNow
from organising.actions.queries.reports import get_version, list_versions
from organising.actions.states import HAPPENED, State
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.locks import take_turns

from .outcomes import Outcome, check_outcome, fill, from_said, words, would_say
from .planning import Plan, begin
from .report_meetings import put_meetings
from .report_paper import claim_paper
from .report_photos import keep_photos
from .report_versions import keep_first_version, keep_version, last_said
from .rules import check_version, note, take


class AlreadyReported(Conflict):
    """Someone else has reported this action already. ``details``: ``action_id``."""

    code = "already_reported"


def report_action(
    actor: Actor, action_id: UUID, outcome: Outcome, submission_key: UUID, *, at: datetime | None = None
) -> BranchAction:
    """Report an action that was planned here. The same key again changes nothing and answers the same action.

    Raises ``AlreadyReported`` for another key, ``NotNow`` before the start, ``Invalid`` for bad counts.
    """
    moment = at or now()
    # The lock on the action makes a second sending wait for the first.
    action = take(actor, action_id, "report").action
    check_outcome(outcome, action.kind)
    if action.state in HAPPENED:
        report = queries.find_report(action)
        if report is not None and report.submission_key == submission_key:
            return _take_again(actor, action, outcome, moment)
        raise AlreadyReported("This action has been reported already.", action_id=str(action.id))
    action.report(
        moment,
        attendance=outcome.attendance,
        paper_pledges=outcome.paper_pledges,
        outcome=words(outcome.outcome),
    )
    _write(actor, action, outcome, submission_key, moment)
    note(
        actor, action, "reported", moment, attendance=outcome.attendance, paper_pledges=outcome.paper_pledges
    )
    return action


def report_past_action(
    actor: Actor, plan: Plan, outcome: Outcome, submission_key: UUID, *, at: datetime | None = None
) -> BranchAction:
    """Report what already happened, planned or not: one step, no states before it. Twice makes one action."""
    moment = at or now()
    check_outcome(outcome, plan.kind)
    if plan.starts_at > moment:
        raise Invalid("That is still to come.", day="That is still to come. Plan it instead.")
    # A second request of the same person waits for the first, and sees what it wrote.
    take_turns("report", actor.user_id or submission_key)
    found = _find_reported(actor, plan, outcome, submission_key)
    if found is not None:
        return _take_again(actor, found, outcome, moment)
    action = begin(actor, replace(plan, is_public=False), State.REPORTED, moment, "reported_past")
    action.count(outcome.attendance, outcome.paper_pledges, words(outcome.outcome))
    _write(actor, action, outcome, submission_key, moment)
    return action


def correct_report(
    actor: Actor,
    action_id: UUID,
    version: int,
    outcome: Outcome,
    *,
    answer: str = "",
    at: datetime | None = None,
) -> BranchAction:
    """Correct a report that nobody has checked yet; what it said before stays as a version to go back to.

    A question about it is answered by a correction, or by ``answer`` where the numbers hold. Raises
    :class:`Invalid` where one stands and neither was given.
    """
    action, moment = take(actor, action_id, "correct").action, at or now()
    tell_motion(actor, action, outcome.motion_outcome)
    if would_say(action, outcome) == last_said(action):
        keep_photos(actor, action, outcome.photos)
        _settle_question(action, answer)
    else:
        check_version(action, version)
        _correct(actor, action, outcome, "corrected", moment)
    if answer:
        _note_answer(actor, action, answer, moment)
    return action


def _note_answer(actor: Actor, action: BranchAction, answer: str, at: datetime) -> None:
    last = next((one for one in queries.list_events(action) if one.what in ("answered", "asked_back")), None)
    if last is None or (last.what, last.comment) != ("answered", answer):
        note(actor, action, "answered", at, comment=answer)


def _settle_question(action: BranchAction, answer: str) -> None:
    report = queries.find_report(action)
    if report is None or report.asked_back_at is None:
        return
    if not answer:
        words = _("Answer the question, or correct what is wrong.")
        raise Invalid(words, answer=words)
    report.asked_back_at = None


def go_back(
    actor: Actor, action_id: UUID, version: int, number: int, *, at: datetime | None = None
) -> BranchAction:
    """Undo corrections: the report says again what it said in an earlier version, which is a version of its own."""
    action = take(actor, action_id, "correct").action
    check_version(action, version)
    outcome = from_said(get_version(action, number).said or "")
    if find_motion(action) is not None:
        # What became of it stands with the motion, whatever was said here before the two were linked.
        outcome = replace(outcome, motion_outcome=None)
    return _correct(actor, action, outcome, "went_back", at or now())


def ask_back(
    actor: Actor, action_id: UUID, version: int, comment: str, *, at: datetime | None = None
) -> BranchAction:
    """Ask those who reported about it, instead of accepting its numbers; pressed twice it is asked once."""
    question = comment.strip()
    if not question:
        raise Invalid("Say what you want to know.", comment="Say what you want to know.")
    moment = at or now()
    action = take(actor, action_id, "check").action
    check_version(action, version)
    report = queries.find_report(action)
    if action.state != State.REPORTED or report is None:
        raise NotNow("This report has been checked already.", state=action.state, verb="ask_back")
    last = next((one for one in queries.list_events(action) if one.what == "asked_back"), None)
    if report.asked_back_at is None or last is None or last.comment != question:
        report.asked_back_at = moment
        note(actor, action, "asked_back", moment, comment=question)
    return action


def _take_again(actor: Actor, action: BranchAction, outcome: Outcome, at: datetime) -> BranchAction:
    """The same form once more: what it said before changes nothing; other words are a correction, so that none is lost."""
    keep_photos(actor, action, outcome.photos)
    said = {one.said for one in list_versions(action)}
    if not said or would_say(action, outcome) in said or action.state != State.REPORTED:
        return action
    return _correct(actor, action, outcome, "corrected", at)


def _correct(actor: Actor, action: BranchAction, outcome: Outcome, what: str, at: datetime) -> BranchAction:
    check_outcome(outcome, action.kind)
    report = queries.find_report(action)
    if report is None or action.state != State.REPORTED:
        raise NotNow("This report has been checked and can't be changed.", state=action.state, verb="correct")
    keep_first_version(actor, action, report, at)
    before: dict[str, Any] = {"was_attendance": action.attendance, "was_paper_pledges": action.paper_pledges}
    action.count(outcome.attendance, outcome.paper_pledges, words(outcome.outcome))
    action.version += 1
    fill(report, action, outcome)
    report.asked_back_at = None
    _pass_on(actor, action, outcome)
    keep_version(actor, action, report, at)
    now_says: dict[str, Any] = {"attendance": outcome.attendance, "paper_pledges": outcome.paper_pledges}
    note(actor, action, what, at, **before, **now_says)
    return action


def _find_reported(actor: Actor, plan: Plan, outcome: Outcome, submission_key: UUID) -> BranchAction | None:
    """The action that this very report made: by its key, or word for word the same by the same person.

    A phone that lost the answer opens the form anew and gets a new key with the old draft in it.
    """
    same = BranchAction.id.in_(
        select(ActionReport.action_id).where(ActionReport.submission_key == submission_key)
    )
    mine = select(BranchAction).where(BranchAction.organisation_id == actor.organisation_id)
    by_key = db.session.scalars(mine.where(same)).one_or_none()
    if by_key is not None:
        return by_key
    twin = mine.where(
        BranchAction.id.in_(select(ActionReport.action_id).where(ActionReport.reported_by == actor.user_id)),
        BranchAction.kind == plan.kind,
        BranchAction.title == plan.title,
        BranchAction.starts_at == plan.starts_at,
        BranchAction.area == plan.area,
        BranchAction.state == State.REPORTED,
        BranchAction.paper_pledges == outcome.paper_pledges,
        BranchAction.attendance.is_not_distinct_from(outcome.attendance),
    )
    found = db.session.scalars(twin.order_by(BranchAction.created_at)).all()
    return next((one for one in found if would_say(one, outcome) == last_said(one)), None)


def _write(actor: Actor, action: BranchAction, outcome: Outcome, submission_key: UUID, at: datetime) -> None:
    report = ActionReport(
        action_id=action.id, submission_key=submission_key, reported_by=actor.user_id, created_at=at
    )
    fill(report, action, outcome)
    db.session.add(report)
    db.session.flush()
    _pass_on(actor, action, outcome)
    keep_version(actor, action, report, at)


def _pass_on(actor: Actor, action: BranchAction, outcome: Outcome) -> None:
    """To the contact log, the batches of paper and the motion's own page, in the same transaction: all of it, or nothing."""
    put_meetings(actor, action, outcome.met)
    keep_photos(actor, action, outcome.photos)
    claim_paper(actor, action, outcome.paper_pledges)
    tell_motion(actor, action, outcome.motion_outcome)
