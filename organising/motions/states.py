"""Where motions are put, their states as a table, and which of those count.

Pure: no database, no request. The model walks this table; services and pages ask it who may.
"""

from enum import StrEnum

from organising.platform.state_tables import draw, table


class Forum(StrEnum):
    """What kind of body a motion is put to."""

    BRANCH = "branch"
    DISTRICT = "district"
    CONFERENCE = "conference"
    TRADES_COUNCIL = "trades_council"
    GOVERNING_BODY = "governing_body"
    COUNCIL = "council"
    TRUST_BOARD = "trust_board"


class State(StrEnum):
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    ON_AGENDA = "on_agenda"
    CARRIED = "carried"
    CARRIED_AS_AMENDED = "carried_as_amended"
    LOST = "lost"
    REMITTED = "remitted"
    WITHDRAWN = "withdrawn"
    NOT_REACHED = "not_reached"
    FORWARDED = "forwarded"


S = State

# The body said yes: the only ones that count, wherever motions are counted. A forwarded one was carried before.
CARRIED = frozenset({S.CARRIED, S.CARRIED_AS_AMENDED})
COUNTED = CARRIED | {S.FORWARDED}
AWAITED = frozenset({S.SUBMITTED, S.ON_AGENDA})
EDITABLE = AWAITED | {S.DRAFTED}
DECIDED = CARRIED | {S.LOST, S.REMITTED, S.NOT_REACHED}
# A motion begins as a draft, or with its outcome where it is told of afterwards.
BEGINNINGS = DECIDED | {S.DRAFTED, S.WITHDRAWN}


class Who(StrEnum):
    """Whose step it is."""

    EDITOR = "editor"


# A step without a target leads back to the state before.
TRANSITIONS = table(
    ("submit", {S.DRAFTED}, S.SUBMITTED, Who.EDITOR),
    ("call_back", {S.SUBMITTED}, S.DRAFTED, Who.EDITOR),
    ("put_on_agenda", {S.SUBMITTED}, S.ON_AGENDA, Who.EDITOR),
    ("take_off_agenda", {S.ON_AGENDA}, S.SUBMITTED, Who.EDITOR),
    ("carry", AWAITED, S.CARRIED, Who.EDITOR),
    ("carry_as_amended", AWAITED, S.CARRIED_AS_AMENDED, Who.EDITOR),
    ("lose", AWAITED, S.LOST, Who.EDITOR),
    ("remit", AWAITED, S.REMITTED, Who.EDITOR),
    ("pass_over", AWAITED, S.NOT_REACHED, Who.EDITOR),
    ("take_outcome_back", DECIDED, None, Who.EDITOR),
    ("bring_again", {S.REMITTED, S.NOT_REACHED}, S.SUBMITTED, Who.EDITOR),
    ("forward", CARRIED, S.FORWARDED, Who.EDITOR),
    ("take_forwarding_back", {S.FORWARDED}, None, Who.EDITOR),
    ("withdraw", EDITABLE, S.WITHDRAWN, Who.EDITOR),
    ("restore", {S.WITHDRAWN}, None, Who.EDITOR),
)
# The step by which each outcome is told.
OUTCOMES = {
    S.CARRIED: "carry",
    S.CARRIED_AS_AMENDED: "carry_as_amended",
    S.LOST: "lose",
    S.REMITTED: "remit",
    S.NOT_REACHED: "pass_over",
    S.WITHDRAWN: "withdraw",
}


def draw_motions() -> str:
    """The states of a motion as docs/motions.md shows them."""
    return draw(State, TRANSITIONS, BEGINNINGS)
