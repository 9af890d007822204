"""The states of a sign-up as a table, and whose step each is.

Places are given and given up in the database (``app.confirm_sign_up``, ``app.leave_sign_up``, ``app.fill_seats``), where those
who want the last one take turns; its trigger lets exactly these steps pass.
"""

from enum import StrEnum

from organising.platform.state_tables import draw, table


class SignUpState(StrEnum):
    """What the person decided, and whether there was room. ``waiting``: on the waiting list, in order of confirming."""

    UNCONFIRMED = "unconfirmed"
    GOING = "going"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


S = SignUpState
# They confirmed, and have not taken it back.
STANDING = (S.GOING, S.WAITING)


class Who(StrEnum):
    """Whose step it is."""

    PERSON = "the person"
    DATABASE = "the database"


TRANSITIONS = table(
    ("confirm", {S.UNCONFIRMED}, S.GOING, Who.PERSON),
    ("queue", {S.UNCONFIRMED}, S.WAITING, Who.PERSON),
    ("refuse", {S.UNCONFIRMED}, S.ERASED, Who.PERSON),
    ("get_a_place", {S.WAITING}, S.GOING, Who.DATABASE),
    ("leave", {S.GOING, S.WAITING}, S.WITHDRAWN, Who.PERSON),
)


def draw_sign_ups() -> str:
    """The states of a sign-up as docs/taking-part.md shows them."""
    return draw(SignUpState, TRANSITIONS, {S.UNCONFIRMED})
