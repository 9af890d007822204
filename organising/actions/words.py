"""The words of actions as pages say them: kinds, states, history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from organising.platform.clock import LONDON
from organising.platform.ui import long_datetime, longdate
from organising.representatives.services import AnswerKind

from .kind_words import KINDS as KINDS
from .models import ActionEvent, BranchAction
from .states import HAPPENED, PROPOSED, Kind, State

STATES = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _l("Waiting for approval"),
    State.CHANGES_REQUESTED: _l("Changes asked for"),
    State.APPROVED: _l("Approved"),
    State.SCHEDULED: _l("In the diary"),
    State.DONE: _l("Waiting for its report"),
    State.REPORTED: _l("Reported"),
    State.CHECKED: _l("Report checked"),
    State.CLOSED: _l("Closed"),
    State.CANCELLED: _l("Called off"),
}
TONES = {
    State.SUBMITTED: "warn",
    State.CHANGES_REQUESTED: "warn",
    State.DONE: "warn",
    State.APPROVED: "good",
    State.SCHEDULED: "info",
    State.REPORTED: "good",
    State.CHECKED: "good",
    State.CANCELLED: "bad",
}
EVENTS = {
    "created": _l("Planned"),
    "edited": _l("Plan changed"),
    "submitted": _l("Sent in for approval"),
    "scheduled_standing": _l("Put in the diary by standing approval"),
    "approved": _l("Approved"),
    "changes_requested": _l("Changes asked for"),
    "scheduled": _l("Confirmed: it goes ahead"),
    "finished": _l("Over"),
    "commented": _l("Comment"),
    "join_proposed": _l("Proposed to a partner to join forces"),
    "join_withdrawn": _l("Proposal to join forces withdrawn"),
    "join_accepted": _l("Joined forces with a partner"),
    "join_declined": _l("Declined to join forces"),
    "join_left": _l("No longer run together with a partner"),
    "prepared": _l("Preparation changed"),
    "ticked": _l("Checklist ticked"),
    "reported": _l("Reported"),
    "reported_past": _l("Reported after it happened"),
    "corrected": _l("Report corrected"),
    "asked_back": _l("Asked about the report"),
    "answered": _l("Answered the question"),
    "went_back": _l("Report back to an earlier wording"),
    "checked": _l("Report checked"),
    "closed": _l("Closed"),
    "cancelled": _l("Called off"),
    "restored": _l("Calling off undone"),
}
SMALL = ("prepared", "ticked")
FIELDS = {
    "kind": _l("kind"),
    "title": _l("title"),
    "area": _l("town or area"),
    "summary": _l("what the public reads"),
    "place": _l("public address"),
    "postcode": _l("postcode"),
    "areas": _l("areas"),
    "capacity": _l("how many it holds"),
    "starts_at": _l("start"),
    "ends_at": _l("end"),
    "all_day": _l("start"),
    "is_public": _l("who may come"),
    "unit": _l("branch or group"),
    "asks": _l("asks"),
    "venue": _l("exact place"),
    "notes": _l("notes"),
    "lead": _l("who leads"),
    "risks": _l("risk assessment"),
    "checklist": _l("checklist"),
    "materials": _l("materials"),
    "roles": _l("who does what"),
}


UNPLACED = {
    AnswerKind.TERMINATED: _l(
        "This postcode is no longer in use, so no areas follow from it. Enter the present one."
    ),
    AnswerKind.NO_CONSTITUENCY: _l("This postcode lies in no constituency."),
    AnswerKind.UNKNOWN_CONSTITUENCY: _l("The constituency of this postcode is not in the lists loaded here."),
    AnswerKind.NOT_IN_TABLE: _l(
        "The table of postcodes does not know this one, so no areas follow from it. Check it, or choose the constituency."
    ),
    AnswerKind.NORTHERN_IRELAND: _l(
        "The table of postcodes covers Great Britain only. Choose the constituency by hand."
    ),
    AnswerKind.CROWN_DEPENDENCY: _l("Jersey, Guernsey and the Isle of Man lie in no constituency."),
    AnswerKind.OVERSEAS: _l("Forces’ addresses and overseas territories lie in no constituency."),
    AnswerKind.NO_TABLE: _l("No table of postcodes is loaded here yet, so no areas follow from this one."),
    AnswerKind.UNAVAILABLE: _l(
        "The look-up of postcodes did not answer. Save again later, or choose the constituency."
    ),
}


def postcode_words(answer: str | None) -> str:
    """Why no areas follow from a postcode; nothing where they do."""
    return str(UNPLACED.get(AnswerKind(answer), "")) if answer else ""


@dataclass(frozen=True)
class Told:
    """A line of history: its newest event, and the fields of those that are told with it."""

    event: ActionEvent
    fields: list[str]

    def is_like(self, other: ActionEvent) -> bool:
        """Whether another event would read the same."""
        mine = self.event
        return (mine.what, mine.user_label, mine.created_at.date()) == (
            other.what,
            other.user_label,
            other.created_at.date(),
        )


def kind_words(kind: str) -> str:
    """A kind in words."""
    return str(KINDS[Kind(kind)])


def state_words(action: BranchAction, *, is_own: bool) -> str:
    """A state in words. Partners read "Proposed" for both states before approval: the rest is private."""
    return words_of_state(action.state, is_own=is_own)


def words_of_state(state: str, *, is_own: bool) -> str:
    """The same of a state by itself."""
    if not is_own and state in PROPOSED:
        return str(gettext("Proposed"))
    return str(STATES[State(state)])


def state_tone(action: BranchAction) -> str:
    """The tone of the tag that shows the state."""
    return TONES.get(State(action.state), "neutral")


def event_words(what: str) -> str:
    """A line of history in words."""
    return str(EVENTS.get(what, what))


def fold_history(events: Sequence[ActionEvent]) -> list[Told]:
    """History as a page tells it: small changes of one person on one day are one line."""
    told: list[Told] = []
    for event in events:
        last = told[-1] if told else None
        if last is not None and event.what in SMALL and last.is_like(event):
            told[-1] = replace(last, fields=[*last.fields, *event.fields])
        else:
            told.append(Told(event, list(event.fields)))
    return told


def field_words(fields: list[str]) -> str:
    """Names of changed fields as a list in words, each once."""
    return ", ".join(dict.fromkeys(str(FIELDS.get(name, name)) for name in fields))


def time_parts(action: BranchAction) -> tuple[str, ...]:
    """When it is, in London, as day and hours: a line may break between them and nowhere else."""
    start, end = action.starts_at.astimezone(LONDON), action.ends_at.astimezone(LONDON)
    if action.all_day:
        last = (end - timedelta(seconds=1)).date()
        return (longdate(start),) if last == start.date() else (f"{longdate(start)} –", longdate(last))
    if end.date() == start.date():
        hours = gettext("%(start)s to %(end)s", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
        return f"{longdate(start)},", str(hours)
    return str(gettext("%(start)s to", start=long_datetime(start))), long_datetime(end)


def time_words(action: BranchAction) -> str:
    """When it is, in one line: "4 December 2018, 14:05 to 16:00"; both days where it goes past midnight."""
    return " ".join(time_parts(action))


def is_over(action: BranchAction, at: datetime) -> bool:
    """Whether its time is past or its report is there."""
    return action.ends_at <= at or action.state in HAPPENED
