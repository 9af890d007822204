"""The words of motions as pages and mail say them."""

from flask_babel import lazy_gettext as _l

from .forum_words import FORUMS as FORUMS
from .forum_words import forum_words as forum_words
from .states import State

STATES = {
    State.DRAFTED: _l("Draft"),
    State.SUBMITTED: _l("Submitted"),
    State.ON_AGENDA: _l("On the agenda"),
    State.CARRIED: _l("Carried"),
    State.CARRIED_AS_AMENDED: _l("Carried as amended"),
    State.LOST: _l("Lost"),
    State.REMITTED: _l("Remitted"),
    State.NOT_REACHED: _l("Not reached"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.FORWARDED: _l("Carried and forwarded"),
}
OUTCOME_WORDS = {
    State.CARRIED: STATES[State.CARRIED],
    State.CARRIED_AS_AMENDED: STATES[State.CARRIED_AS_AMENDED],
    State.LOST: STATES[State.LOST],
    State.REMITTED: _l("Remitted: passed on to a committee"),
    State.NOT_REACHED: _l("Not reached: the meeting ran out of time"),
    State.WITHDRAWN: STATES[State.WITHDRAWN],
}
TONES = {
    State.CARRIED: "good",
    State.CARRIED_AS_AMENDED: "good",
    State.FORWARDED: "good",
    State.LOST: "bad",
    State.ON_AGENDA: "info",
    State.NOT_REACHED: "warn",
    State.REMITTED: "warn",
}
# By their values: the models, which know these enums, stand above the words.
HOW = {
    "counted": _l("Votes were counted"),
    "voices": _l("On the voices"),
    "unanimous": _l("Unanimously"),
}
SENT_BY = {
    "letter": _l("Letter"),
    "email": _l("Email"),
    "meeting": _l("In person"),
    "call": _l("Phone"),
}
EVENTS = {
    "written": _l("Written"),
    "told_past": _l("Told afterwards"),
    "edited": _l("Changed"),
    "submitted": _l("Submitted"),
    "called_back": _l("Called back: a draft again"),
    "put_on_agenda": _l("On the agenda"),
    "taken_off_agenda": _l("Not on the agenda after all"),
    "told": _l("Outcome told"),
    "worded": _l("Amended text put in"),
    "outcome_taken_back": _l("Outcome taken back"),
    "brought_again": _l("Brought again"),
    "forwarded": _l("Forwarded"),
    "forwarding_taken_back": _l("Forwarding taken back"),
    "withdrawn": _l("Withdrawn"),
    "restored": _l("Withdrawal undone"),
    "commented": _l("Comment"),
    "agreed": _l("Agreed that the body is named in public"),
    "agreement_taken_back": _l("No longer agreed that the body is named"),
    "linked": _l("Linked with the diary"),
    "unlinked": _l("Link with the diary undone"),
}
FIELDS = {
    "forum": _l("kind of body"),
    "body": _l("body"),
    "area": _l("town or area"),
    "postcode": _l("postcode"),
    "institution_id": _l("council or trust"),
    "text_version_id": _l("model text"),
    "meeting_on": _l("day of the meeting"),
    "deadline_on": _l("deadline"),
    "unit": _l("branch or group"),
    "areas": _l("areas"),
    "text": _l("text"),
    "notes": _l("notes"),
    "lead": _l("who looks after it"),
    "proposer": _l("proposer"),
    "seconder": _l("seconder"),
}


def state_words(state: str) -> str:
    """A motion's state in words."""
    return str(STATES[State(state)])


def state_tone(state: str) -> str:
    """The tone of the tag that shows a motion's state."""
    return TONES.get(State(state), "neutral")


def how_words(how: str | None) -> str:
    """How a body decided, in words."""
    return str(HOW[how]) if how else ""


def sent_by_words(sent_by: str) -> str:
    """By what a motion was forwarded, in words."""
    return str(SENT_BY[sent_by])


def event_words(what: str) -> str:
    """A line of history in words."""
    return str(EVENTS.get(what, what))


def field_words(names: list[str]) -> str:
    """The fields that were changed, in words."""
    return ", ".join(str(FIELDS.get(name, name)) for name in names)
