"""The states of an action as a table, who may use which verb, and which kinds need a person's approval.

Pure: no database, no request. The model walks this table; services and pages ask it who may.
"""

from dataclasses import dataclass
from enum import StrEnum

from organising.platform.actor import Actor
from organising.platform.permissions import Permission
from organising.platform.state_tables import draw, table


class Kind(StrEnum):
    STALL = "stall"
    WORKPLACE_SIGNING = "workplace_signing"
    MOTION = "motion"
    LEAFLETING = "leafleting"
    PUBLIC_MEETING = "public_meeting"
    LOBBY_DAY = "lobby_day"
    SURGERY_VISIT = "surgery_visit"
    PHONEBANK = "phonebank"
    LETTER_WRITING = "letter_writing"
    ASSEMBLY = "assembly"
    TRAINING = "training"


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    DONE = "done"
    REPORTED = "reported"
    CHECKED = "checked"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = State

LOW_RISK = frozenset(
    {Kind.STALL, Kind.LEAFLETING, Kind.LETTER_WRITING, Kind.PHONEBANK, Kind.TRAINING, Kind.WORKPLACE_SIGNING}
)
# An action starts as a draft, or as reported where it is told of after it happened.
BEGINNINGS = frozenset({S.DRAFT, S.REPORTED})
EDITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED, S.SCHEDULED})
# Agreed, so that the only thing still missing is what came of it.
AGREED = frozenset({S.APPROVED, S.SCHEDULED, S.DONE})
HAPPENED = frozenset({S.REPORTED, S.CHECKED, S.CLOSED})
# What the author's organisation calls by two names, partners know as one.
PROPOSED = frozenset({S.SUBMITTED, S.CHANGES_REQUESTED})


class Joining(StrEnum):
    """What was decided about running two partners' actions together."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"


class Who(StrEnum):
    """Whose step it is."""

    EDITOR = "editor"
    APPROVER = "approver"
    CLOCK = "clock"
    PROPOSER = "proposer"
    ASKED = "asked"
    EITHER = "either"


# A step without a target leads back to the state before it was called off.
TRANSITIONS = table(
    ("submit", {S.DRAFT, S.CHANGES_REQUESTED}, S.SUBMITTED, Who.EDITOR),
    ("stand", {S.DRAFT, S.CHANGES_REQUESTED}, S.SCHEDULED, Who.EDITOR),
    ("request_changes", {S.SUBMITTED}, S.CHANGES_REQUESTED, Who.APPROVER),
    ("approve", {S.SUBMITTED}, S.APPROVED, Who.APPROVER),
    ("schedule", {S.APPROVED}, S.SCHEDULED, Who.EDITOR),
    ("revise", {S.APPROVED, S.SCHEDULED}, S.SUBMITTED, Who.EDITOR),
    ("finish", {S.APPROVED, S.SCHEDULED}, S.DONE, Who.CLOCK),
    ("report", AGREED, S.REPORTED, Who.EDITOR),
    ("check", {S.REPORTED}, S.CHECKED, Who.APPROVER),
    ("close", {S.CHECKED}, S.CLOSED, Who.APPROVER),
    ("cancel", EDITABLE | {S.DONE}, S.CANCELLED, Who.EDITOR),
    ("restore", {S.CANCELLED}, None, Who.EDITOR),
)


J = Joining

JOININGS = table(
    ("withdraw", {J.PROPOSED}, J.WITHDRAWN, Who.PROPOSER),
    ("accept", {J.PROPOSED}, J.ACCEPTED, Who.ASKED),
    ("decline", {J.PROPOSED}, J.DECLINED, Who.ASKED),
    ("leave", {J.ACCEPTED}, J.LEFT, Who.EITHER),
)


def draw_joinings() -> str:
    """The states of a proposal to join forces, as docs/joining-forces.md shows them."""
    return draw(Joining, JOININGS, {J.PROPOSED})


def draw_actions() -> str:
    """The states of an action as docs/actions.md shows them."""
    return draw(State, TRANSITIONS, BEGINNINGS)


# Nobody stands anywhere for these, however public they are.
NO_PLACE = frozenset({Kind.MOTION, Kind.PHONEBANK, Kind.LETTER_WRITING})


def needs_risk_assessment(kind: str, is_public: bool) -> bool:
    """Whether someone must have written down the risks before it is approved: anyone may come, and there is a place."""
    return is_public and Kind(kind) not in NO_PLACE


def needs_approval(kind: str, is_public: bool) -> bool:
    """Whether a person must approve: everything public, and every kind that is not of low risk."""
    return is_public or Kind(kind) not in LOW_RISK


@dataclass(frozen=True)
class Standing:
    """How a person stands to an action: of their organisation, within their reach (an officer: the own unit),
    and partly their own work (planned, edited, sent in or reported by them). A delegate is an organiser to whom an
    administrator has given approval, within reach."""

    is_own: bool
    in_reach: bool
    is_author: bool
    is_delegate: bool = False


def may(actor: Actor, verb: str, standing: Standing) -> bool:
    """Whether the actor may use a verb, whatever the state. ``edit`` and ``correct`` go with the editor."""
    if not standing.is_own:
        return False
    who = TRANSITIONS[verb].who if verb in TRANSITIONS else Who.EDITOR
    if who is Who.EDITOR:
        return actor.can(Permission.ACTIONS_CREATE) and standing.in_reach
    if who is Who.APPROVER:
        approver = actor.can(Permission.ACTIONS_APPROVE) or (standing.is_delegate and standing.in_reach)
        return approver and not standing.is_author
    return actor.role is None
