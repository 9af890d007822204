"""Targets one by one: who leads, who supports, and what the reader may do about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from organising.lobbying.models import Notice, NoticeKind, Target, TargetSupporter
from organising.organisations.models import Organisation
from organising.organisations.queries import is_lead
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.permissions import Permission

ASKED_LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Allocation:
    """One subject's allocation. Without a row nobody leads and ``version`` is 0.

    ``may_edit``: priority, tactic and supporters; ``may_set_lead``: who leads, too; ``may_ask``: the reader's
    organisation can ask the coordinator for the lead; ``asked``: it did, in the last fortnight.
    """

    person_id: UUID | None
    institution_id: UUID | None
    lead_id: UUID | None = None
    lead_name: str | None = None
    supporter_ids: tuple[UUID, ...] = ()
    supporter_names: tuple[str, ...] = ()
    priority: str | None = None
    tactic: str | None = None
    version: int = 0
    updated_at: datetime | None = None
    may_edit: bool = False
    may_set_lead: bool = False
    may_ask: bool = False
    asked: bool = False

    @property
    def subject(self) -> str:
        """The subject as forms and addresses write it: ``p.<id>`` or ``i.<id>``."""
        return f"p.{self.person_id}" if self.person_id else f"i.{self.institution_id}"


def parse_subject(text: str | None) -> tuple[UUID | None, UUID | None] | None:
    """``(person_id, institution_id)`` of a subject as :attr:`Allocation.subject` writes it, or None."""
    kind, _, number = (text or "").partition(".")
    try:
        found = UUID(number)
    except ValueError:
        return None
    return {"p": (found, None), "i": (None, found)}.get(kind)


def get_allocation(
    actor: Actor, *, person_id: UUID | None = None, institution_id: UUID | None = None
) -> Allocation:
    """Who leads on a person or an institution, in at most four statements; nobody does where there is no row."""
    condition = of_subject(Target, person_id, institution_id)
    target: Target | None = db.session.scalar(
        select(Target).where(Target.campaign_id == actor.campaign_id, condition)
    )
    supporters = list_supporters([target.id]).get(target.id, ()) if target else ()
    lead_id = target.lead_organisation_id if target else None
    names = _names({*supporters, lead_id} - {None})
    supporters = tuple(sorted(supporters, key=lambda one: names.get(one, "")))
    may_ask = may_ask_to_lead(actor, lead_id)
    return Allocation(
        person_id=person_id,
        institution_id=institution_id,
        lead_id=lead_id,
        lead_name=names.get(lead_id) if lead_id else None,
        supporter_ids=supporters,
        supporter_names=tuple(names.get(one, "") for one in supporters),
        priority=target.priority if target else None,
        tactic=target.tactic if target else None,
        version=target.version if target else 0,
        updated_at=target.updated_at if target else None,
        may_edit=may_edit_target(actor, lead_id),
        may_set_lead=actor.can(Permission.TARGETS_EDIT),
        may_ask=may_ask,
        asked=may_ask and has_asked(actor, person_id, institution_id),
    )


def may_edit_target(actor: Actor, lead_id: UUID | None) -> bool:
    """Whether the actor may change priority, tactic and supporters. The database holds the same rule."""
    if actor.campaign_id is None:
        return False
    if actor.can(Permission.TARGETS_EDIT):
        return True
    return actor.can(Permission.TARGETS_EDIT_LED) and lead_id == actor.organisation_id


def may_ask_to_lead(actor: Actor, lead_id: UUID | None) -> bool:
    """Whether the actor can ask the coordinator for the lead: organisers of partners that don't have it."""
    return (
        actor.campaign_id is not None
        and actor.can(Permission.TARGETS_EDIT_LED)
        and not actor.can(Permission.TARGETS_EDIT)
        and lead_id != actor.organisation_id
        and not is_lead(actor)
    )


def has_asked(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> bool:
    """Whether the actor's organisation asked for the lead on this subject in the last fortnight."""
    asked = exists().where(
        Notice.campaign_id == actor.campaign_id,
        Notice.organisation_id == actor.organisation_id,
        Notice.kind == NoticeKind.JOIN_ASKED,
        Notice.created_at > now() - ASKED_LATELY,
        of_subject(Notice, person_id, institution_id),
    )
    return bool(db.session.scalar(select(asked)))


def list_supporters(target_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """By target, the organisations that support the leading one."""
    if not target_ids:
        return {}
    found: dict[UUID, list[UUID]] = {}
    for target_id, supporter_id in db.session.execute(
        select(TargetSupporter.target_id, TargetSupporter.supporter_organisation_id).where(
            TargetSupporter.target_id.in_(target_ids)
        )
    ):
        found.setdefault(target_id, []).append(supporter_id)
    return {target_id: tuple(supporters) for target_id, supporters in found.items()}


def of_subject(
    model: type[Target] | type[Notice], person_id: UUID | None, institution_id: UUID | None
) -> ColumnElement[bool]:
    """The condition that a row is about this person or institution."""
    return model.person_id == person_id if person_id else model.institution_id == institution_id


def _names(organisation_ids: Collection[UUID | None]) -> dict[UUID, str]:
    if not organisation_ids:
        return {}
    rows = db.session.execute(
        select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(organisation_ids))
    )
    return dict(rows.all())
