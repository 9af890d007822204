"""The states of a statement as a table, who may use which verb, and which of its texts may be read by whom.

Pure: no database, no request. The database holds the same table (migration 0077), and a test that they agree.
"""

from enum import StrEnum

from organising.platform.actor import Actor
from organising.platform.permissions import Permission
from organising.platform.state_tables import draw, table


class Kind(StrEnum):
    SIGN_ON_LETTER = "sign_on_letter"
    PRESS_RELEASE = "press_release"
    BRIEFING = "briefing"
    LINES_TO_TAKE = "lines_to_take"

    @property
    def is_public(self) -> bool:
        """Whether a released one has a page for everybody. Lines to take stay with the coalition."""
        return self is not Kind.LINES_TO_TAKE


class State(StrEnum):
    DRAFT = "draft"
    CONSULTATION = "consultation"
    LOCKED = "locked"
    SIGNOFF_OPEN = "signoff_open"
    FINAL = "final"
    EMBARGOED = "embargoed"
    RELEASED = "released"


class Decision(StrEnum):
    SIGN = "sign"
    DECLINE = "decline"


class Outcome(StrEnum):
    """What became of a thread of comments. The last one counts."""

    ACCEPTED = "accepted"
    CLOSED = "closed"
    REOPENED = "reopened"


S = State

# The text is being worked on.
OPEN = frozenset({S.DRAFT, S.CONSULTATION})
# The text stands, and no edit of it leaves a sign-off standing.
FROZEN = frozenset({S.LOCKED, S.SIGNOFF_OPEN, S.FINAL, S.EMBARGOED})


class Who(StrEnum):
    """Whose step it is. ``drafter``: of the organisation whose statement it is. ``publisher``: the lead's coordinator."""

    DRAFTER = "drafter"
    PUBLISHER = "publisher"
    CLOCK = "clock"


TRANSITIONS = table(
    ("consult", {S.DRAFT}, S.CONSULTATION, Who.DRAFTER),
    ("take_back", {S.CONSULTATION}, S.DRAFT, Who.DRAFTER),
    ("lock", {S.DRAFT, S.CONSULTATION}, S.LOCKED, Who.PUBLISHER),
    # Any edit of a text that stands: every sign-off is void in the same transaction.
    ("edit", FROZEN, S.CONSULTATION, Who.PUBLISHER),
    ("open_signoff", {S.LOCKED}, S.SIGNOFF_OPEN, Who.PUBLISHER),
    ("finish", {S.LOCKED, S.SIGNOFF_OPEN}, S.FINAL, Who.PUBLISHER),
    ("embargo", {S.FINAL}, S.EMBARGOED, Who.PUBLISHER),
    # Without an embargo, or once it has passed.
    ("release", {S.FINAL, S.EMBARGOED}, S.RELEASED, Who.PUBLISHER),
    ("come_due", {S.EMBARGOED}, S.RELEASED, Who.CLOCK),
)


def may(actor: Actor, verb: str, *, is_own: bool, is_lead: bool) -> bool:
    """Whether the actor may use a verb, whatever the state. ``edit`` of an open text goes with ``consult``.

    ``is_own``: it is their organisation's. ``is_lead``: that leads the campaign.
    """
    who = TRANSITIONS[verb].who
    if who is Who.DRAFTER:
        return is_own and actor.can(Permission.STATEMENTS_DRAFT)
    if who is Who.PUBLISHER:
        return is_own and is_lead and actor.can(Permission.STATEMENTS_PUBLISH)
    return actor.role is None


def follows() -> set[tuple[str, str]]:
    """Every pair of a state and one that may come after it."""
    return {(str(source), str(one.target)) for one in TRANSITIONS.values() for source in one.sources}


def draw_statements() -> str:
    """The table as docs/statements.md shows it."""
    return draw(State, TRANSITIONS, {S.DRAFT})
