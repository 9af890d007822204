"""Reading templates: the organisation's own, and those of the coalition's lead."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound

from ..models import ActionTemplate


def readable_templates(actor: Actor) -> Select[ActionTemplate]:
    """The own ones, and the coalition's."""
    return select(ActionTemplate).where(
        ActionTemplate.campaign_id == actor.campaign_id,
        or_(ActionTemplate.organisation_id == actor.organisation_id, ActionTemplate.for_coalition),
    )


def list_templates(actor: Actor, kind: str | None = None) -> Sequence[ActionTemplate]:
    """Those that the actor may use, own ones first, by kind and name."""
    statement = readable_templates(actor).order_by(
        ActionTemplate.organisation_id != actor.organisation_id,
        ActionTemplate.kind,
        ActionTemplate.name,
        ActionTemplate.id,
    )
    return db.session.scalars(statement.where(ActionTemplate.kind == kind) if kind else statement).all()


def get_template(actor: Actor, template_id: UUID) -> ActionTemplate:
    """One to read or use. Raises :class:`NotFound` for one not theirs to see."""
    found = db.session.scalars(
        readable_templates(actor).where(ActionTemplate.id == template_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
