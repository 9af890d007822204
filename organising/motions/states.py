"""Where motions are put, their states as a table, which of those count, and whose step each is.

Pure: no database, no request. The model walks this table; services and pages ask it who may.
"""

from dataclasses import dataclass
from enum import StrEnum

from organising.platform.actor import Actor
from organising.platform.permissions import Permission
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
# What those read who are told of motions only once it is known what became of them.
FINAL = DECIDED | {S.FORWARDED}
# A motion begins as a draft, or with its outcome where it is told of afterwards.
BEGINNINGS = DECIDED | {S.DRAFTED, S.WITHDRAWN}


class Who(StrEnum):
    """Whose step it is."""

    EDITOR = "editor"
    CONFIRMER = "administrator"
    PUBLISHER = "coordinator"


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
# What is done with a motion beside the steps between its states.
DEEDS = {
    "edit": Who.EDITOR,
    "comment": Who.EDITOR,
    "word": Who.EDITOR,
    "forward_again": Who.EDITOR,
    "agree": Who.CONFIRMER,
    "take_agreement_back": Who.CONFIRMER,
    "publish": Who.PUBLISHER,
    "unpublish": Who.PUBLISHER,
}


def draw_motions() -> str:
    """The states of a motion as docs/motions.md shows them."""
    return draw(State, TRANSITIONS, BEGINNINGS)


@dataclass(frozen=True)
class Standing:
    """How a person stands to a motion: of their organisation, within their reach (an officer: the own unit), theirs to
    confirm no more because they told the outcome, and whether their organisation leads the campaign."""

    is_own: bool
    in_reach: bool
    told_outcome: bool = False
    is_lead: bool = False
    agreed: bool = False


def may(actor: Actor, verb: str, standing: Standing) -> bool:
    """Whether the actor may do this, whatever the state. Nobody confirms what they told, nor publishes what they confirmed."""
    who = TRANSITIONS[verb].who if verb in TRANSITIONS else DEEDS[verb]
    if who == Who.PUBLISHER:
        second = not standing.agreed or verb == "unpublish"
        return actor.can(Permission.MOTIONS_PUBLISH) and standing.is_lead and second
    if not standing.is_own:
        return False
    if who == Who.CONFIRMER:
        second = not standing.told_outcome or verb == "take_agreement_back"
        return actor.can(Permission.MOTIONS_CONFIRM) and second
    return actor.can(Permission.MOTIONS_DRAFT) and standing.in_reach
