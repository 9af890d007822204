"""The states of an organisation's sign-on as a table, who may use which verb, and which state follows from what is kept.

Pure: no database, no request. ``invited`` and ``published`` are kept nowhere: the one is the coordinator's invitation that
is still unanswered, the other what an organisation signed while it is a member or leads. So nothing can be published that
should not be, and no list can lag behind a standing.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..platform.actor import Actor
from ..platform.permissions import Permission


class SignOnState(StrEnum):
    """``none``: nobody asked, or whoever asked inside took it back. ``replaced``: signed again, for a later wording."""

    NONE = "none"
    INVITED = "invited"
    INTERNAL_APPROVAL = "internal_approval"
    SIGNED = "signed"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


S = SignOnState

# What a row of an organisation's own can be.
KEPT = (S.INTERNAL_APPROVAL, S.SIGNED, S.DECLINED, S.WITHDRAWN, S.REPLACED)


class Who(StrEnum):
    """Whose step it is. ``standing``: nobody's, it follows from the organisation's standing and the drive's being open."""

    HOST = "host"
    PREPARER = "preparer"
    DECIDER = "decider"
    APPROVER = "approver"
    STANDING = "standing"


@dataclass(frozen=True)
class Transition:
    """``verb`` leads from any of ``sources`` to ``target``."""

    verb: str
    sources: frozenset[SignOnState]
    target: SignOnState
    who: Who


def _row(verb: str, sources: set[SignOnState], target: SignOnState, who: Who) -> tuple[str, Transition]:
    return verb, Transition(verb, frozenset(sources), target, who)


TRANSITIONS: dict[str, Transition] = dict(
    (
        _row("invite", {S.NONE, S.DECLINED, S.WITHDRAWN}, S.INVITED, Who.HOST),
        _row("call_off", {S.INVITED}, S.NONE, Who.HOST),
        _row("ask", {S.NONE, S.INVITED, S.DECLINED, S.WITHDRAWN}, S.INTERNAL_APPROVAL, Who.PREPARER),
        # The wording has a new version: beside what was signed, which stays until this is approved.
        _row("ask_again", {S.SIGNED, S.PUBLISHED}, S.INTERNAL_APPROVAL, Who.PREPARER),
        _row("take_back", {S.INTERNAL_APPROVAL}, S.WITHDRAWN, Who.PREPARER),
        _row("approve", {S.INTERNAL_APPROVAL}, S.SIGNED, Who.APPROVER),
        _row("decline", {S.INTERNAL_APPROVAL}, S.DECLINED, Who.APPROVER),
        _row("turn_down", {S.INVITED}, S.DECLINED, Who.DECIDER),
        _row("publish", {S.SIGNED}, S.PUBLISHED, Who.STANDING),
        _row("hide", {S.PUBLISHED}, S.SIGNED, Who.STANDING),
        _row("replace", {S.SIGNED, S.PUBLISHED}, S.REPLACED, Who.APPROVER),
        _row("withdraw", {S.SIGNED, S.PUBLISHED}, S.WITHDRAWN, Who.DECIDER),
    )
)


def may(actor: Actor, verb: str, *, is_host: bool = False, is_asker: bool = False) -> bool:
    """Whether the actor may use a verb, whatever the state. Nobody approves what they asked for, in any role.

    ``is_host``: of the organisation that made the drive. ``is_asker``: it is this person's own request.
    """
    who = TRANSITIONS[verb].who
    if who is Who.HOST:
        return is_host and actor.can(Permission.CAMPAIGN_EDIT)
    if who is Who.PREPARER:
        return actor.can(Permission.SIGN_ONS_PREPARE)
    if who is Who.DECIDER:
        return actor.can(Permission.SIGN_ONS_APPROVE)
    if who is Who.APPROVER:
        return actor.can(Permission.SIGN_ONS_APPROVE) and not is_asker
    return False


def follows(
    latest: SignOnState | None, *, is_invited: bool, was_signed: bool = False, is_public: bool = False
) -> SignOnState:
    """The state that an organisation is in. ``latest``: of the row that says most about it now, ``None`` for no row.

    ``was_signed``: that row was signed before it ended. ``is_public``: a member's or the lead's, of a drive that the public
    may read. A request that was taken back leaves things as they were before it.
    """
    if latest is S.SIGNED:
        return S.PUBLISHED if is_public else S.SIGNED
    if latest in (S.INTERNAL_APPROVAL, S.DECLINED) or (latest is S.WITHDRAWN and was_signed):
        return latest
    return S.INVITED if is_invited else S.NONE


def draw() -> str:
    """The table in words, as docs/pledges.md holds it."""
    lines = ["| verb | from | to | who |", "|---|---|---|---|"]
    lines += [
        f"| {one.verb} | {', '.join(state for state in S if state in one.sources)} | {one.target} | {one.who} |"
        for one in TRANSITIONS.values()
    ]
    return "\n".join(lines)
