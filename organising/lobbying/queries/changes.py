"""Changes of targets, and what the targets were before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from organising.lobbying.models import AllocationBefore, AllocationChange, Target
from organising.lobbying.queries.grid import TargetRow
from organising.lobbying.queries.shared import one_or_404
from organising.lobbying.queries.targets import list_supporters, may_edit_target
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.representatives.models import Institution, Person


@dataclass(frozen=True)
class Before:
    """A target as it stands (``row``) and as it was; ``version`` is the one that the change gave it."""

    row: TargetRow
    lead_id: UUID | None
    priority: str | None
    tactic: str | None
    supporter_ids: frozenset[UUID]
    version: int


def get_change(actor: Actor, change_id: UUID) -> AllocationChange:
    """A change that the actor's organisation made. Raises NotFound for all others alike."""
    return one_or_404(
        select(AllocationChange).where(
            AllocationChange.id == change_id, AllocationChange.organisation_id == actor.organisation_id
        )
    )


def list_befores(change: AllocationChange) -> list[Before]:
    """The targets of a change by name, in two statements."""
    name = func.coalesce(Person.name, Institution.name)
    rows = db.session.execute(
        select(AllocationBefore, Target, name)
        .join(Target, Target.id == AllocationBefore.target_id)
        .outerjoin(Person, Person.id == Target.person_id)
        .outerjoin(Institution, Institution.id == Target.institution_id)
        .where(AllocationBefore.change_id == change.id)
        .order_by(func.coalesce(Person.sort_key, Institution.sort_key), Target.id)
        .execution_options(populate_existing=True)
    ).all()
    supporters = list_supporters([target.id for _before, target, _name in rows])
    return [
        Before(
            row=TargetRow(
                target.person_id, target.institution_id, subject_name, target.id, target.version,
                target.lead_organisation_id, target.priority, target.tactic,
                frozenset(supporters.get(target.id, ())),
            ),
            lead_id=before.lead_organisation_id,
            priority=before.priority,
            tactic=before.tactic,
            supporter_ids=frozenset(before.supporter_ids),
            version=before.version,
        )
        for before, target, subject_name in rows
    ]  # fmt: skip


def may_undo(actor: Actor, befores: Sequence[Before]) -> bool:
    """Whether what a change did is the actor's to take back."""
    if actor.can(Permission.TARGETS_EDIT):
        return True
    still = [one for one in befores if one.row.version == one.version]
    return all(may_edit_target(actor, one.row.lead_id) and one.lead_id == one.row.lead_id for one in still)
