"""The words of motions as pages say them."""

from flask_babel import lazy_gettext as _l

from .states import Forum, State

FORUMS = {
    Forum.BRANCH: _l("Branch"),
    Forum.DISTRICT: _l("District"),
    Forum.CONFERENCE: _l("Conference"),
    Forum.TRADES_COUNCIL: _l("Trades council"),
    Forum.GOVERNING_BODY: _l("Governing body"),
    Forum.COUNCIL: _l("Council"),
    Forum.TRUST_BOARD: _l("Trust board"),
}
STATES = {
    State.DRAFTED: _l("Draft"),
    State.SUBMITTED: _l("Submitted"),
    State.ON_AGENDA: _l("On the agenda"),
    State.CARRIED: _l("Carried"),
    State.CARRIED_AS_AMENDED: _l("Carried as amended"),
    State.LOST: _l("Lost"),
    State.REMITTED: _l("Remitted"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.NOT_REACHED: _l("Not reached"),
    State.FORWARDED: _l("Carried and forwarded"),
}
TONES = {
    State.CARRIED: "good",
    State.CARRIED_AS_AMENDED: "good",
    State.FORWARDED: "good",
    State.LOST: "bad",
}


def forum_words(forum: str) -> str:
    """A forum in words."""
    return str(FORUMS[Forum(forum)])


def state_words(state: str) -> str:
    """A motion's state in words."""
    return str(STATES[State(state)])


def state_tone(state: str) -> str:
    """How a motion's state is tinted."""
    return TONES.get(State(state), "")
