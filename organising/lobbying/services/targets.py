"""Giving targets to organisations, one or many at a time, with undo. Services add and flush; the caller commits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import any_, delete, insert, select, update

from organising.lobbying.models import (
    AllocationBefore,
    AllocationChange,
    NoticeKind,
    Target,
    TargetSupporter,
)
from organising.lobbying.queries.changes import get_change, list_befores, may_undo
from organising.lobbying.queries.grid import TargetRow, ids_of, list_chosen
from organising.lobbying.queries.targets import Allocation, get_allocation, has_asked, may_ask_to_lead
from organising.lobbying.services.allocation import (
    Choice,
    Plan,
    PlanChanged,
    State,
    Step,
    Wanted,
    check_wanted,
    plan_change,
    plan_rows,
)
from organising.lobbying.services.allocation_news import tell_concerned
from organising.lobbying.services.notices import tell_partner
from organising.lobbying.services.shared import authorship
from organising.organisations.models import CampaignMember, CoalitionStatus
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit, locks
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, NotFound
from organising.platform.permissions import Permission


class AllocationConflict(Conflict):
    """Someone changed the target since the form was opened; ``current`` is how it stands now."""

    code = "allocation_conflict"

    def __init__(self, current: Allocation) -> None:
        super().__init__(_("Somebody changed this while you were editing."))
        self.current = current


@dataclass(frozen=True)
class Undone:
    """How many targets are as they were, and the names of those that were changed since and so were left."""

    restored: int
    changed_since: tuple[str, ...]


def allocate(actor: Actor, choice: Choice, wanted: Wanted, *, seen: str) -> AllocationChange | None:
    """Change the chosen targets in one go; None where there was nothing to change.

    ``seen`` is that of the plan which the person agreed to. Raises PlanChanged where it is another by now,
    Forbidden, and Invalid with reasons by field.
    """
    take_turns(actor)
    plan = plan_change(actor, choice, wanted)
    if plan.seen != seen:
        raise PlanChanged(plan)
    return carry_out(actor, plan.steps)


def edit_allocation(
    actor: Actor, person_id: UUID | None, institution_id: UUID | None, wanted: Wanted, *, version: int
) -> Plan:
    """Change one target; the plan that was carried out tells its clashes.

    Raises NotFound, Forbidden where another organisation leads, Invalid by field, and AllocationConflict where
    the target isn't of that version any more.
    """
    actor.check(Permission.TARGETS_EDIT_LED)
    row = _find_row(actor, person_id, institution_id)
    take_turns(actor)
    current = get_allocation(actor, person_id=person_id, institution_id=institution_id)
    if not current.may_edit:
        raise Forbidden(_("Another organisation leads here. Ask to lead instead."))
    check_wanted(actor, wanted)
    if current.version != version:
        raise AllocationConflict(current)
    row = _find_row(actor, person_id, institution_id)
    plan = plan_rows(actor, [row], wanted)
    carry_out(actor, plan.steps)
    return plan


def ask_to_lead(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> bool:
    """Tell the coordinator's organisation that the actor's would lead; returns whether that is news.

    Raises NotFound, and Forbidden for who has the lead already or may not ask.
    """
    actor.check(Permission.TARGETS_EDIT_LED)
    row = _find_row(actor, person_id, institution_id)
    if not may_ask_to_lead(actor, row.lead_id):
        raise Forbidden(_("Your organisation has the lead, or can give it out."))
    if has_asked(actor, person_id, institution_id):
        return False
    words = _("%(name)s would like to lead on %(target)s.", name=actor.organisation_name, target=row.name)
    for organisation_id in list_leaders(actor):
        tell_partner(
            actor,
            organisation_id,
            NoticeKind.JOIN_ASKED,
            words,
            person_id=person_id,
            institution_id=institution_id,
        )
    audit.record(actor, "target.lead_asked", "target", row.target_id)
    return True


def undo_change(actor: Actor, change_id: UUID) -> Undone:
    """Put a change's targets back as they were, but for those that were changed since.

    Raises NotFound for another organisation's, Forbidden where the targets aren't the actor's to change, and Conflict
    where one would go back to an organisation that has left.
    """
    actor.check(Permission.TARGETS_EDIT_LED)
    take_turns(actor)
    change = get_change(actor, change_id)
    befores = list_befores(change)
    if not may_undo(actor, befores):
        raise Forbidden(_("These targets are not yours to change."))
    if not change.undo(now()):
        return Undone(0, ())
    partners = {one.id for one in list_campaign_organisations(actor.campaign_id)}
    steps = [
        Step(one.row, State(one.lead_id, one.priority, one.tactic, one.supporter_ids & partners))
        for one in befores
        if one.row.version == one.version
    ]
    if any(step.after.lead_id not in {None, *partners} for step in steps):
        raise Conflict(_("The organisation that led has left. Give these targets to another instead."))
    write_steps(actor, steps)
    tell_concerned(actor, steps)
    audit.record(actor, "targets.change_undone", "allocation_change", change.id, targets=len(steps))
    db.session.flush()
    return Undone(len(steps), tuple(one.row.name for one in befores if one.row.version != one.version))


def write_steps(actor: Actor, steps: Sequence[Step]) -> dict[str, tuple[UUID, int]]:
    """Write what the steps say, in few statements; by subject, the target and its new version."""
    made = _insert(actor, [step for step in steps if step.row.target_id is None])
    changed = _update([step for step in steps if step.row.target_id is not None])
    written = made | changed
    _write_supporters(actor, steps, written)
    return written


def carry_out(actor: Actor, steps: Sequence[Step]) -> AllocationChange | None:
    """Do what the actor may carry out, as one change that can be undone; None where there is nothing to do."""
    if not steps:
        return None
    change = AllocationChange(id=new_id(), changed=len(steps), **authorship(actor))
    db.session.add(change)
    db.session.flush()
    written = write_steps(actor, steps)
    befores = [
        {
            "id": new_id(),
            "change_id": change.id,
            "target_id": written[step.row.subject][0],
            "lead_organisation_id": step.row.lead_id,
            "priority": step.row.priority,
            "tactic": step.row.tactic,
            "supporter_ids": sorted(step.row.supporter_ids),
            "version": written[step.row.subject][1],
            "created_at": now(),
            **authorship(actor),
        }
        for step in steps
    ]
    db.session.execute(insert(AllocationBefore), befores)
    tell_concerned(actor, steps)
    audit.record(actor, "targets.allocated", "allocation_change", change.id, targets=len(steps))
    db.session.flush()
    return change


def _insert(actor: Actor, steps: Sequence[Step]) -> dict[str, tuple[UUID, int]]:
    rows = [
        {
            "id": new_id(),
            "person_id": step.row.person_id,
            "institution_id": step.row.institution_id,
            "version": 1,
            "created_at": now(),
            **_values(step.after),
            **authorship(actor),
        }
        for step in steps
    ]
    if rows:
        db.session.execute(insert(Target), rows)
    return {step.row.subject: (row["id"], 1) for step, row in zip(steps, rows, strict=True)}


def _update(steps: Sequence[Step]) -> dict[str, tuple[UUID, int]]:
    """One statement for each combination of values, of which a change has few."""
    by_values: dict[tuple[object, ...], list[Step]] = defaultdict(list)
    for step in steps:
        by_values[(step.after.lead_id, step.after.priority, step.after.tactic)].append(step)
    for alike in by_values.values():
        answer = db.session.execute(
            update(Target)
            .where(Target.id == any_(ids_of(step.row.target_id for step in alike if step.row.target_id)))
            .values(version=Target.version + 1, **_values(alike[0].after))
            .execution_options(synchronize_session=False)
        )
        if answer.rowcount != len(alike):  # type: ignore[attr-defined]
            raise Conflict(_("Somebody changed these targets while you looked. Check again."))
    return {
        step.row.subject: (step.row.target_id, step.row.version + 1) for step in steps if step.row.target_id
    }


def _values(after: State) -> dict[str, object]:
    return {
        "lead_organisation_id": after.lead_id,
        "priority": after.priority,
        "tactic": after.tactic,
        "updated_at": now(),
    }


def _write_supporters(actor: Actor, steps: Sequence[Step], written: dict[str, tuple[UUID, int]]) -> None:
    gone: dict[UUID, list[UUID]] = defaultdict(list)
    added = []
    for step in steps:
        target_id = written[step.row.subject][0]
        for supporter_id in step.row.supporter_ids - step.after.supporter_ids:
            gone[supporter_id].append(target_id)
        for supporter_id in step.after.supporter_ids - step.row.supporter_ids:
            added.append({"id": new_id(), "target_id": target_id, "supporter_organisation_id": supporter_id,
                          "created_at": now(), **authorship(actor)})  # fmt: skip
    for supporter_id, target_ids in gone.items():
        db.session.execute(
            delete(TargetSupporter)
            .where(
                TargetSupporter.supporter_organisation_id == supporter_id,
                TargetSupporter.target_id == any_(ids_of(target_ids)),
            )
            .execution_options(synchronize_session=False)
        )
    if added:
        db.session.execute(insert(TargetSupporter), added)


def take_turns(actor: Actor) -> None:
    """One change of a campaign's targets after the other: what is read here is what will be changed."""
    if actor.campaign_id is not None:
        locks.take_turns("targets", actor.campaign_id)


def _find_row(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> TargetRow:
    rows = list_chosen(actor, [person_id] if person_id else [], [institution_id] if institution_id else [])
    if not rows:
        raise NotFound
    return rows[0]


def list_leaders(actor: Actor) -> Sequence[UUID]:
    """The organisations whose coordinators give out targets."""
    return db.session.scalars(
        select(CampaignMember.organisation_id).where(
            CampaignMember.campaign_id == actor.campaign_id,
            CampaignMember.coalition_status == CoalitionStatus.LEAD,
        )
    ).all()
