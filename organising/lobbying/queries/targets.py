"""Targets one by one: who leads, who supports, and what the reader may do about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, Select, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from organising.lobbying.models import Notice, NoticeKind, Target, TargetSupporter
from organising.lobbying.queries.shared import of_subject
from organising.organisations.models import CampaignMember, CoalitionStatus, Organisation
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
    """Who leads on a person or an institution, in one statement; nobody does where there is no row."""
    target, lead_name, supporting, leads_campaign, has_asked_lately = db.session.execute(
        _allocated(actor, person_id, institution_id)
    ).one()
    supporters = sorted((supporting or {}).items(), key=lambda one: one[1] or "")
    lead_id = target.lead_organisation_id if target else None
    may_ask = not leads_campaign and _has_somebody_to_ask(actor, lead_id)
    return Allocation(
        person_id=person_id,
        institution_id=institution_id,
        lead_id=lead_id,
        lead_name=lead_name,
        supporter_ids=tuple(UUID(supporter_id) for supporter_id, _name in supporters),
        supporter_names=tuple(name or "" for _id, name in supporters),
        priority=target.priority if target else None,
        tactic=target.tactic if target else None,
        version=target.version if target else 0,
        updated_at=target.updated_at if target else None,
        may_edit=may_edit_target(actor, lead_id),
        may_set_lead=actor.can(Permission.TARGETS_EDIT),
        may_ask=may_ask,
        asked=may_ask and has_asked_lately,
    )


def _allocated(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> Select[Any]:
    """One row, with or without a target: it, who leads, who supports, and what the reader's organisation is."""
    lead, supporter = aliased(Organisation), aliased(Organisation)
    supporting = (
        select(
            func.jsonb_object_agg(
                TargetSupporter.supporter_organisation_id, supporter.short_name, type_=JSONB
            )
        )
        .join(supporter, supporter.id == TargetSupporter.supporter_organisation_id, isouter=True)
        .where(TargetSupporter.target_id == Target.id)
        .correlate(Target)
        .scalar_subquery()
    )
    leads_campaign = exists().where(
        CampaignMember.campaign_id == actor.campaign_id,
        CampaignMember.organisation_id == actor.organisation_id,
        CampaignMember.coalition_status == CoalitionStatus.LEAD,
    )
    always = select(literal(1).label("row")).subquery()
    return (
        select(Target, lead.short_name, supporting, leads_campaign, _asked(actor, person_id, institution_id))
        .select_from(always)
        .outerjoin(
            Target,
            (Target.campaign_id == actor.campaign_id) & of_subject(Target, person_id, institution_id),
        )
        .outerjoin(lead, lead.id == Target.lead_organisation_id)
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
    return _has_somebody_to_ask(actor, lead_id) and not is_lead(actor)


def _has_somebody_to_ask(actor: Actor, lead_id: UUID | None) -> bool:
    return (
        actor.campaign_id is not None
        and actor.can(Permission.TARGETS_EDIT_LED)
        and not actor.can(Permission.TARGETS_EDIT)
        and lead_id != actor.organisation_id
    )


def has_asked(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> bool:
    """Whether the actor's organisation asked for the lead on this subject in the last fortnight."""
    return bool(db.session.scalar(select(_asked(actor, person_id, institution_id))))


def _asked(actor: Actor, person_id: UUID | None, institution_id: UUID | None) -> Exists:
    return exists().where(
        Notice.campaign_id == actor.campaign_id,
        Notice.organisation_id == actor.organisation_id,
        Notice.kind == NoticeKind.JOIN_ASKED,
        Notice.created_at > now() - ASKED_LATELY,
        of_subject(Notice, person_id, institution_id),
    )


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


def list_subjects_of(actor: Actor, organisation_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """The people and the institutions on whom an organisation leads, or supports who does."""
    supported = select(TargetSupporter.target_id).where(
        TargetSupporter.supporter_organisation_id == organisation_id
    )
    rows = db.session.execute(
        select(Target.person_id, Target.institution_id).where(
            Target.campaign_id == actor.campaign_id,
            or_(Target.lead_organisation_id == organisation_id, Target.id.in_(supported)),
        )
    ).all()
    people = [person_id for person_id, _institution in rows if person_id]
    return people, [institution_id for _person, institution_id in rows if institution_id]
