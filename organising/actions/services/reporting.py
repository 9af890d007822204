"""Reporting: what came of an action. Sent twice from a phone with a bad connection, it is kept once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from organising.actions import queries
from organising.actions.models import ActionReport, BranchAction
from organising.actions.states import HAPPENED, State
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.locks import take_turns

from .planning import Plan, begin
from .rules import check_count, check_version, note, take

COUNTS = ("attendance", "paper_pledges", "leaflets", "representatives_met")
LONGEST = {"outcome": 200, "incidents": 4_000, "follow_ups": 4_000}


class AlreadyReported(Conflict):
    """Someone else has reported this action already. ``details``: ``action_id``."""

    code = "already_reported"


@dataclass(frozen=True)
class Outcome:
    """``attendance``, ``paper_pledges`` and ``outcome`` are headline; the rest stays in the organisation.

    ``None`` for a number means "not counted".
    """

    paper_pledges: int
    attendance: int | None = None
    outcome: str | None = None
    leaflets: int | None = None
    representatives_met: int | None = None
    incidents: str | None = None
    follow_ups: str | None = None


def report_action(
    actor: Actor, action_id: UUID, outcome: Outcome, submission_key: UUID, *, at: datetime | None = None
) -> BranchAction:
    """Report an action that was planned here. The same key again changes nothing and answers the same action.

    Raises ``AlreadyReported`` for another key, ``NotNow`` before the start, ``Invalid`` for bad counts.
    """
    moment = at or now()
    _check(outcome)
    # The lock on the action makes a second sending wait for the first.
    action = take(actor, action_id, "report").action
    if action.state in HAPPENED:
        report = queries.find_report(action)
        if report is not None and report.submission_key == submission_key:
            return action
        raise AlreadyReported("This action has been reported already.", action_id=str(action.id))
    action.report(
        moment,
        attendance=outcome.attendance,
        paper_pledges=outcome.paper_pledges,
        outcome=_words(outcome.outcome),
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
    _check(outcome)
    if plan.starts_at > moment:
        raise Invalid("That is still to come.", day="That is still to come. Plan it instead.")
    # A second request of the same person waits for the first, and sees what it wrote.
    take_turns("report", actor.user_id or submission_key)
    found = _find_reported(actor, plan, outcome, submission_key)
    if found is not None:
        return found
    action = begin(actor, replace(plan, is_public=False), State.REPORTED, moment, "reported_past")
    action.count(outcome.attendance, outcome.paper_pledges, _words(outcome.outcome))
    _write(actor, action, outcome, submission_key, moment)
    return action


def correct_report(
    actor: Actor, action_id: UUID, version: int, outcome: Outcome, *, at: datetime | None = None
) -> BranchAction:
    """Correct a report that nobody has checked yet; what it said before stays in the history as numbers."""
    moment = at or now()
    _check(outcome)
    action = take(actor, action_id, "correct").action
    check_version(action, version)
    before: dict[str, Any] = {"was_attendance": action.attendance, "was_paper_pledges": action.paper_pledges}
    action.count(outcome.attendance, outcome.paper_pledges, _words(outcome.outcome))
    action.version += 1
    report = queries.find_report(action)
    assert report is not None
    _fill(report, outcome)
    now_says: dict[str, Any] = {"attendance": outcome.attendance, "paper_pledges": outcome.paper_pledges}
    note(actor, action, "corrected", moment, **before, **now_says)
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
        BranchAction.state == State.REPORTED,
        BranchAction.paper_pledges == outcome.paper_pledges,
        BranchAction.attendance.is_not_distinct_from(outcome.attendance),
    )
    return db.session.scalars(twin.limit(1)).one_or_none()


def _write(actor: Actor, action: BranchAction, outcome: Outcome, submission_key: UUID, at: datetime) -> None:
    report = ActionReport(
        action_id=action.id, submission_key=submission_key, reported_by=actor.user_id, created_at=at
    )
    _fill(report, outcome)
    db.session.add(report)
    db.session.flush()


def _fill(report: ActionReport, outcome: Outcome) -> None:
    report.leaflets, report.representatives_met = outcome.leaflets, outcome.representatives_met
    report.incidents, report.follow_ups = _words(outcome.incidents), _words(outcome.follow_ups)


def _words(text: str | None) -> str | None:
    return (text or "").strip() or None


def _check(outcome: Outcome) -> None:
    for name in COUNTS:
        check_count(name, getattr(outcome, name))
    for name, longest in LONGEST.items():
        if len(getattr(outcome, name) or "") > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
