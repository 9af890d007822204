"""The words of calls as pages and mail say them."""

from flask_babel import lazy_gettext as _l

from .states import SILENT, Answer, State

STATES = {
    State.DRAFT: _l("Draft"),
    State.OPEN: _l("Open"),
    State.CLOSED: _l("Closed"),
    State.WITHDRAWN: _l("Called off"),
}
STATE_TONES = {State.OPEN: "good", State.WITHDRAWN: "bad"}
ANSWERS = {
    Answer.DOING: _l("Doing it"),
    Answer.NEED_HELP: _l("Need help"),
    Answer.NOT_US: _l("Not us"),
    SILENT: _l("Not heard from"),
}
ANSWER_TONES = {Answer.DOING: "good", Answer.NEED_HELP: "warn"}
EVENTS = {
    "written": _l("Written"),
    "edited": _l("Changed"),
    "units_chosen": _l("Branches chosen"),
    "published": _l("Put to the branches"),
    "taken_back": _l("Taken back before anybody was written to"),
    "reminded": _l("The silent reminded"),
    "reminder_taken_back": _l("Reminder taken back"),
    "extended": _l("Last day changed"),
    "closed": _l("Closed"),
    "expired": _l("Closed, as its last day is over"),
    "reopened": _l("Opened again"),
    "withdrawn": _l("Called off"),
    "restored": _l("Calling off undone"),
    "answered_doing": _l("Answered: doing it"),
    "answered_not_us": _l("Answered: not us"),
    "answered_need_help": _l("Answered: need help"),
    "helped": _l("Seen to"),
    "help_wanted_again": _l("Not seen to after all"),
    "written_again": _l("Written to again"),
}


def state_words(state: str) -> str:
    """A call's state in words."""
    return str(STATES[State(state)])


def state_tone(state: str) -> str:
    """The tone of the tag that shows a call's state."""
    return STATE_TONES.get(State(state), "neutral")


def answer_words(answer: str | None) -> str:
    """A unit's answer in words; nothing said is "Not heard from"."""
    return str(ANSWERS[answer or SILENT])


def answer_tone(answer: str | None) -> str:
    """The tone of the tag that shows an answer. Nobody is shamed: "not us" and silence are plain."""
    return ANSWER_TONES.get(answer, "neutral")  # type: ignore[call-overload]


def event_words(what: str) -> str:
    """A line of history in words."""
    return str(EVENTS.get(what, what))
