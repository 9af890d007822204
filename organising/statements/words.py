"""What states, answers and outcomes are called on staff's pages."""

from flask_babel import lazy_gettext as _l

from organising.statements.states import Decision, Outcome, State

STATES = {
    State.DRAFT: _l("Draft"),
    State.CONSULTATION: _l("In consultation"),
    State.LOCKED: _l("Locked"),
    State.SIGNOFF_OPEN: _l("Open for sign-off"),
    State.FINAL: _l("Final"),
    State.EMBARGOED: _l("Under embargo"),
    State.RELEASED: _l("Released"),
}
TONES = {
    State.DRAFT: "neutral",
    State.CONSULTATION: "info",
    State.LOCKED: "info",
    State.SIGNOFF_OPEN: "warn",
    State.FINAL: "accent",
    State.EMBARGOED: "warn",
    State.RELEASED: "good",
}
DECISIONS = {Decision.SIGN: _l("Signs"), Decision.DECLINE: _l("Does not sign")}
OUTCOMES = {
    Outcome.ACCEPTED: _l("Accepted"),
    Outcome.CLOSED: _l("Closed"),
    Outcome.REOPENED: _l("Open again"),
}


def state_words(state: str) -> str:
    """What a state is called."""
    return str(STATES[State(state)])


def state_tone(state: str) -> str:
    """The tone of a state's tag."""
    return TONES[State(state)]


def outcome_words(outcome: str) -> str:
    """What became of a thread."""
    return str(OUTCOMES[Outcome(outcome)])


def decision_words(decision: str) -> str:
    """What an organisation answered."""
    return str(DECISIONS[Decision(decision)])
