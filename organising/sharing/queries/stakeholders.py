"""Reading the directory of stakeholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from ...platform.actor import Actor
from ...platform.db import db
from ...platform.few import count_found
from ...representatives.names import fold
from ..models.stakeholders import Stakeholder, StakeholderEntry


@dataclass(frozen=True)
class StakeholderFilters:
    """What narrows the list. ``words`` each have to stand somewhere in name, role or place."""

    words: str = ""
    kind: str = ""
    subject_id: UUID | None = None
    ours: bool = False
    archived: bool = False

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.subject_id or self.ours or self.archived)


def select_stakeholders(actor: Actor, filters: StakeholderFilters) -> Select[Stakeholder]:
    """Whom the filters find, of the actor's campaign, for paging by ``sort_key, id``."""
    gone = Stakeholder.removed_at.is_not(None) if filters.archived else Stakeholder.removed_at.is_(None)
    found = select(Stakeholder).where(Stakeholder.campaign_id == actor.campaign_id, gone)
    for word in fold(filters.words).split()[:8]:
        found = found.where(Stakeholder.search_text.contains(word, autoescape=True))
    if filters.kind:
        found = found.where(Stakeholder.kind == filters.kind)
    if filters.subject_id:
        found = found.where(
            (Stakeholder.person_id == filters.subject_id) | (Stakeholder.institution_id == filters.subject_id)
        )
    if filters.ours:
        found = found.where(Stakeholder.organisation_id == actor.organisation_id)
    return found


def count_stakeholders(statement: Select[Any]) -> int:
    """How many a list finds."""
    return count_found(statement)


def has_stakeholders(actor: Actor) -> bool:
    """Whether the directory holds anybody yet, put away or not."""
    some = select(Stakeholder.id).where(Stakeholder.campaign_id == actor.campaign_id).limit(1)
    return db.session.scalar(some) is not None


def list_entries(stakeholder_id: UUID) -> Sequence[StakeholderEntry]:
    """The short log, the latest first, without what was taken out."""
    return db.session.scalars(
        select(StakeholderEntry)
        .where(StakeholderEntry.stakeholder_id == stakeholder_id, StakeholderEntry.removed_at.is_(None))
        .order_by(StakeholderEntry.happened_on.desc(), StakeholderEntry.created_at.desc())
        .limit(200)
    ).all()


def list_last_entries(ids: Sequence[UUID]) -> dict[UUID, StakeholderEntry]:
    """The latest headline about each of these stakeholders."""
    rows = db.session.scalars(
        select(StakeholderEntry)
        .where(StakeholderEntry.stakeholder_id.in_(ids), StakeholderEntry.removed_at.is_(None))
        .order_by(
            StakeholderEntry.stakeholder_id,
            StakeholderEntry.happened_on.desc(),
            StakeholderEntry.created_at.desc(),
        )
        .ext(distinct_on(StakeholderEntry.stakeholder_id))
    )
    return {row.stakeholder_id: row for row in rows}
