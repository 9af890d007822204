"""Planning a change of one or many targets: what it would do, what stands in its way, and whether that was seen.

Nothing is written here. ``write_steps`` of :mod:`services.targets` does what a plan says.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import any_, or_, select

from organising.lobbying.approach_states import LIVE
from organising.lobbying.models import Approach, Priority, Tactic
from organising.lobbying.queries.grid import (
    TargetCriteria,
    TargetRow,
    ids_of,
    list_chosen,
    list_in_office,
    list_rows,
)
from organising.lobbying.queries.targets import may_edit_target
from organising.lobbying.services.shared import check_takes_part
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission


class Keep(Enum):
    """Leave as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True)
class Wanted:
    """What is to change. ``supporters_do``: ``add``, ``set`` or ``remove`` ``supporter_ids``, or ``""`` for nothing.

    ``spare_led``: leave alone those on whom another organisation already leads.
    """

    lead: UUID | Keep | None = KEEP
    priority: str | Keep | None = KEEP
    tactic: str | Keep | None = KEEP
    supporters_do: str = ""
    supporter_ids: frozenset[UUID] = frozenset()
    spare_led: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all would change."""
        kept = self.lead is KEEP and self.priority is KEEP and self.tactic is KEEP
        return kept and (not self.supporters_do or (self.supporters_do != "set" and not self.supporter_ids))


@dataclass(frozen=True)
class State:
    """An allocation as it will be."""

    lead_id: UUID | None
    priority: str | None
    tactic: str | None
    supporter_ids: frozenset[UUID]


@dataclass(frozen=True)
class Step:
    """One target before and after."""

    row: TargetRow
    after: State


@dataclass(frozen=True)
class Choice:
    """Which targets: these people and institutions, or all that the criteria leave."""

    person_ids: tuple[UUID, ...] = ()
    institution_ids: tuple[UUID, ...] = ()
    criteria: TargetCriteria | None = None


@dataclass(frozen=True)
class Clash:
    """Something to know first: ``led_by_other``, ``supporter_leads``, ``not_in_office`` or ``live_approach``."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a change would do. ``seen`` is the same only while nothing of it has changed.

    ``unchanged`` are so already; ``not_led`` aren't the actor's to edit; ``spared`` another leads, and keeps.
    """

    chosen: int
    steps: tuple[Step, ...]
    unchanged: int
    not_led: int
    spared: int
    clashes: tuple[Clash, ...]
    seen: str

    def names_of(self, code: str) -> tuple[str, ...]:
        """Whom a clash is about."""
        return next((one.names for one in self.clashes if one.code == code), ())


class PlanChanged(Conflict):
    """Since the person looked, someone else changed what would be changed; ``plan`` is how it stands now."""

    code = "plan_changed"

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("Somebody changed these targets while you looked. Check again."))
        self.plan = plan


def plan_change(actor: Actor, choice: Choice, wanted: Wanted) -> Plan:
    """What the change would do to the chosen targets. Raises Forbidden; Invalid with reasons by field."""
    check_takes_part(actor, Permission.TARGETS_EDIT_LED)
    check_wanted(actor, wanted)
    return plan_rows(actor, read_choice(actor, choice), wanted)


def read_choice(actor: Actor, choice: Choice) -> list[TargetRow]:
    """The chosen targets as they stand."""
    if choice.criteria is not None:
        return list_rows(actor, choice.criteria)
    return list_chosen(actor, choice.person_ids, choice.institution_ids)


def plan_rows(actor: Actor, rows: Sequence[TargetRow], wanted: Wanted) -> Plan:
    """The plan for these rows, by what was checked."""
    own = [row for row in rows if may_edit_target(actor, row.lead_id)]
    spared = {row.subject for row in own if wanted.spare_led and _is_taken(row, wanted)}
    all_steps = [Step(row, _after(row, wanted)) for row in own if row.subject not in spared]
    steps = tuple(step for step in all_steps if step.after != state_of(step.row))
    return Plan(
        chosen=len(rows),
        steps=steps,
        unchanged=len(all_steps) - len(steps),
        not_led=len(rows) - len(own),
        spared=len(spared),
        clashes=tuple(_clashes(actor, all_steps, wanted)),
        seen=fingerprint(rows),
    )


def state_of(row: TargetRow) -> State:
    """A row's allocation as it stands."""
    return State(row.lead_id, row.priority, row.tactic, row.supporter_ids)


def check_wanted(actor: Actor, wanted: Wanted) -> None:
    """Raise Forbidden or Invalid for what nobody, or not this actor, may make of a target."""
    if wanted.lead is not KEEP and not actor.can(Permission.TARGETS_EDIT):
        raise Forbidden(_("Who leads is the coordinator’s to say. Ask to lead instead."))
    partners = {one.id for one in list_campaign_organisations(actor.campaign_id)}
    wrong = {}
    if wanted.is_nothing:
        wrong["lead"] = _("Choose what to change.")
    if isinstance(wanted.lead, UUID) and wanted.lead not in partners:
        wrong["lead"] = _("Choose an organisation of the campaign.")
    if wanted.supporters_do not in ("", "add", "set", "remove"):
        wrong["supporters"] = _("Choose what to do with the supporters.")
    elif wanted.supporters_do != "remove":
        if not wanted.supporter_ids <= partners:
            wrong["supporters"] = _("Choose organisations of the campaign.")
        elif wanted.lead in wanted.supporter_ids:
            wrong["supporters"] = _("An organisation leads or supports, not both.")
    if isinstance(wanted.priority, str) and wanted.priority not in list(Priority):
        wrong["priority"] = _("Choose A, B or C.")
    if isinstance(wanted.tactic, str) and wanted.tactic not in list(Tactic):
        wrong["tactic"] = _("Choose a tactic from the list.")
    if wrong:
        raise Invalid(_("Nothing was changed yet."), **wrong)


def _after(row: TargetRow, wanted: Wanted) -> State:
    lead_id = row.lead_id if isinstance(wanted.lead, Keep) else wanted.lead
    supporters = {
        "add": row.supporter_ids | wanted.supporter_ids,
        "set": wanted.supporter_ids,
        "remove": row.supporter_ids - wanted.supporter_ids,
    }.get(wanted.supporters_do, row.supporter_ids)
    return State(
        lead_id,
        row.priority if isinstance(wanted.priority, Keep) else wanted.priority,
        row.tactic if isinstance(wanted.tactic, Keep) else wanted.tactic,
        # Who leads needs no place among the supporters.
        supporters - {lead_id},
    )


def _is_taken(row: TargetRow, wanted: Wanted) -> bool:
    return wanted.lead is not KEEP and row.lead_id is not None and row.lead_id != wanted.lead


def _clashes(actor: Actor, steps: Sequence[Step], wanted: Wanted) -> Iterator[Clash]:
    people = [step.row.person_id for step in steps if step.row.person_id]
    if taken := [step for step in steps if _is_taken(step.row, wanted)]:
        yield _clash("led_by_other", taken)
    if wanted.supporters_do in ("add", "set"):
        leads = [step for step in steps if step.after.lead_id in wanted.supporter_ids]
        if leads:
            yield _clash("supporter_leads", leads)
    sitting = list_in_office(people)
    if gone := [step for step in steps if step.row.person_id and step.row.person_id not in sitting]:
        yield _clash("not_in_office", gone)
    approached = _live_approaches(actor, steps)
    held = [step for step in steps if approached.get(step.row.subject, set()) - {step.after.lead_id}]
    if held and wanted.lead is not KEEP:
        yield _clash("live_approach", held)


def _clash(code: str, steps: Iterable[Step]) -> Clash:
    return Clash(code, tuple(step.row.name for step in steps))


def _live_approaches(actor: Actor, steps: Sequence[Step]) -> dict[str, set[UUID]]:
    """By subject, the organisations that are before that door now."""
    people = [step.row.person_id for step in steps if step.row.person_id]
    institutions = [step.row.institution_id for step in steps if step.row.institution_id]
    found: dict[str, set[UUID]] = {}
    for person_id, institution_id, holder_id in db.session.execute(
        select(Approach.person_id, Approach.institution_id, Approach.organisation_id).where(
            Approach.campaign_id == actor.campaign_id,
            Approach.state.in_(LIVE),
            or_(
                Approach.person_id == any_(ids_of(people)),
                Approach.institution_id == any_(ids_of(institutions)),
            ),
        )
    ):
        subject = f"p.{person_id}" if person_id else f"i.{institution_id}"
        found.setdefault(subject, set()).add(holder_id)
    return found


def fingerprint(rows: Iterable[TargetRow]) -> str:
    """The same only while none of these targets has changed."""
    seen = sorted(f"{row.subject}:{row.version}" for row in rows)
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()
