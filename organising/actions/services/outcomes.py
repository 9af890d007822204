"""What came of an action, as a report says it, and the rules that need no more than it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from organising.actions.linked_motions import find_motion
from organising.actions.models import ActionReport, BranchAction, MotionOutcome, ReportMeeting
from organising.actions.states import Kind
from organising.platform.errors import Invalid

from .rules import check_count

COUNTS = ("attendance", "paper_pledges", "leaflets", "representatives_met")
LONGEST = {"outcome": 200, "incidents": 4_000, "follow_ups": 4_000}
MOST_MET = 10
# What a version keeps of a report, beside whom they met.
SAID = ("paper_pledges", "attendance", "outcome", "leaflets", "motion_outcome", "follow_ups", "incidents")


@dataclass(frozen=True)
class Met:
    """A representative whom they met: in person, or somebody of their staff only."""

    person_id: UUID
    attended_by: str = "member"


@dataclass(frozen=True)
class Photo:
    """A photograph as it was sent. ``client_id`` was made on the phone, so that it is known when it comes again."""

    client_id: UUID
    content: bytes
    may_be_shown: bool = False


@dataclass(frozen=True)
class Outcome:
    """``attendance``, ``paper_pledges`` and ``outcome`` are headline; the rest stays in the organisation.

    ``None`` for a number means "not counted". Whom they met goes to the contact log, one line each.
    """

    paper_pledges: int
    attendance: int | None = None
    outcome: str | None = None
    leaflets: int | None = None
    representatives_met: int | None = None
    incidents: str | None = None
    follow_ups: str | None = None
    motion_outcome: str | None = None
    met: tuple[Met, ...] = ()
    photos: tuple[Photo, ...] = ()

    @property
    def how_many_met(self) -> int | None:
        """The number of those named, else the number given."""
        return len(self.met) or self.representatives_met


def check_outcome(outcome: Outcome, kind: str) -> None:
    """Raise :class:`Invalid` for counts and texts that can't be kept, by the field that they are about."""
    for name in COUNTS:
        check_count(name, getattr(outcome, name))
    for name, longest in LONGEST.items():
        if len(getattr(outcome, name) or "") > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
    if outcome.motion_outcome and kind == Kind.MOTION and outcome.motion_outcome not in set(MotionOutcome):
        raise Invalid("There is no such outcome.", motion_outcome="Choose one of the outcomes.")
    if len(outcome.met) > MOST_MET:
        raise Invalid("Those are too many.", met=f"Name at most {MOST_MET} in one report.")


def fill(report: ActionReport, action: BranchAction, outcome: Outcome) -> None:
    """Put the private half of an outcome into the report."""
    report.leaflets, report.representatives_met = outcome.leaflets, outcome.how_many_met
    report.incidents, report.follow_ups = words(outcome.incidents), words(outcome.follow_ups)
    report.motion_outcome = motion_outcome(action, outcome)


def words(text: str | None) -> str | None:
    """A text without space around it; nothing stays nothing."""
    return (text or "").strip() or None


def as_said(action: BranchAction, report: ActionReport, meetings: Iterable[ReportMeeting]) -> str:
    """A report, whole, as a version keeps it."""
    headline = ("paper_pledges", "attendance", "outcome")
    values = {name: getattr(action if name in headline else report, name) for name in SAID}
    return _written(values, ((one.person_id, one.attended_by) for one in meetings))


def would_say(action: BranchAction, outcome: Outcome) -> str:
    """What a version would keep of this outcome, written down for this action."""
    values = {name: getattr(outcome, name) for name in SAID}
    for name in ("outcome", "follow_ups", "incidents"):
        values[name] = words(values[name])
    values["motion_outcome"] = motion_outcome(action, outcome)
    return _written(values, ((one.person_id, one.attended_by) for one in outcome.met))


def _written(values: dict[str, Any], met: Iterable[tuple[UUID, str]]) -> str:
    whole = values | {"met": sorted([str(person_id), attended_by] for person_id, attended_by in met)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True)


def motion_outcome(action: BranchAction, outcome: Outcome) -> str | None:
    """What became of the motion, where the action was one. Where the motion has a page of its own, it stands there alone."""
    if action.kind != Kind.MOTION or find_motion(action) is not None:
        return None
    return outcome.motion_outcome or None


def from_said(said: str) -> Outcome:
    """The outcome that a version keeps."""
    values = json.loads(said)
    met = tuple(Met(UUID(person_id), attended_by) for person_id, attended_by in values.pop("met"))
    values["paper_pledges"] = values["paper_pledges"] or 0
    return Outcome(**values, met=met)
