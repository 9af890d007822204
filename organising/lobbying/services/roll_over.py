"""Taking targets into a new parliament: each follows the person or the seat, as the coordinator says; shown first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.lobbying.models import AllocationChange
from organising.lobbying.queries.roll_over import Fate, Former, list_former_targets
from organising.lobbying.services.allocation import Plan, PlanChanged, State, Step, fingerprint, state_of
from organising.lobbying.services.shared import check_takes_part
from organising.lobbying.services.targets import carry_out, take_turns
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission
from organising.representatives.queries.parliaments import find_successor, get_parliament

NOBODY_THERE = _l("Nobody is known to sit there now; the target stays as it is.")
RELEASED = State(None, None, None, frozenset())


class Follow(StrEnum):
    """``person``: the allocation stays with the person. ``seat``: it goes to who sits there now. ``nobody``: it ends."""

    PERSON = "person"
    SEAT = "seat"
    NOBODY = "nobody"


USUAL: Mapping[Fate, Follow] = {
    Fate.SAME_SEAT: Follow.PERSON,
    Fate.OTHER_SEAT: Follow.PERSON,
    Fate.NOT_RETURNED: Follow.SEAT,
}


@dataclass(frozen=True)
class Rolled:
    """One target with what was chosen for it. ``trouble``: why it can't be carried out as chosen."""

    former: Former
    follow: Follow
    trouble: str | None = None


@dataclass(frozen=True)
class RollOver:
    """The whole of it: what each target does, and the plan that does it."""

    rows: tuple[Rolled, ...]
    plan: Plan


def plan_roll_over(
    actor: Actor, parliament_id: UUID, usual: Mapping[Fate, Follow], chosen: Mapping[str, Follow]
) -> RollOver:
    """What the choices would do; ``usual`` by fate, ``chosen`` by a row's ``subject``. Nothing is written.

    Raises Forbidden for who is not the coordinator, NotFound, and Conflict before another parliament was elected.
    """
    check_takes_part(actor, Permission.TARGETS_EDIT)
    dissolved = get_parliament(parliament_id)
    elected = find_successor(dissolved)
    if elected is None or dissolved.dissolved_on is None:
        raise Conflict(_("There is no parliament yet to take targets into. Add it, and import its members."))
    rows: list[Rolled] = []
    steps: dict[str, Step] = {}
    for former in list_former_targets(actor, dissolved, elected):
        follow = chosen.get(former.row.subject, usual[former.fate])
        trouble = _add_steps(steps, former, follow)
        rows.append(Rolled(former, follow, trouble))
    listed = tuple(steps.values())
    return RollOver(
        tuple(rows),
        Plan(len(rows), listed, len(rows) - len(listed), 0, 0, (), fingerprint(step.row for step in listed)),
    )


def roll_over(
    actor: Actor,
    parliament_id: UUID,
    usual: Mapping[Fate, Follow],
    chosen: Mapping[str, Follow],
    *,
    seen: str,
) -> AllocationChange | None:
    """Carry it out as one change that can be undone; None where nothing changes.

    Raises what :func:`plan_roll_over` does, and PlanChanged where it is not what the person saw.
    """
    take_turns(actor)
    found = plan_roll_over(actor, parliament_id, usual, chosen)
    if found.plan.seen != seen:
        raise PlanChanged(found.plan)
    change: AllocationChange | None = carry_out(actor, found.plan.steps)
    audit.record(actor, "targets.rolled_over", "parliament", parliament_id, targets=len(found.plan.steps))
    return change


def read_follow(text: str | None) -> Follow:
    """A choice as a form sends it. Raises Invalid for what is none."""
    if text not in list(Follow):
        raise Invalid(_("Choose person, seat or nobody."))
    return Follow(text)


def _add_steps(steps: dict[str, Step], former: Former, follow: Follow) -> str | None:
    """Add what this target does; answers why it can do nothing."""
    if follow is Follow.PERSON:
        return None
    if follow is Follow.SEAT:
        if former.heir is None:
            return None if former.fate is Fate.SAME_SEAT else str(NOBODY_THERE)
        heir = former.heir.row
        if heir.subject in steps:
            return str(_("Another target goes to %(name)s already; this one stays as it is.", name=heir.name))
        if heir.lead_id is not None and heir.lead_id != former.row.lead_id:
            return str(_("Another organisation leads on %(name)s; this one stays as it is.", name=heir.name))
        before = state_of(former.row)
        steps[heir.subject] = Step(
            heir,
            State(
                before.lead_id,
                before.priority,
                # What to try with somebody new is a new question.
                heir.tactic,
                (before.supporter_ids | heir.supporter_ids) - {before.lead_id},
            ),
        )
    if state_of(former.row) != RELEASED:
        steps[former.row.subject] = Step(former.row, RELEASED)
    return None
