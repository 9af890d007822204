"""Earlier texts of a mailing, templates to begin with, and the organisation's signature."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from organising.mailings.models import MailingSignature, MailingTemplate, MailingVersion
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound


def list_versions(actor: Actor, mailing_id: UUID) -> Sequence[MailingVersion]:
    """The texts of a mailing that somebody saved, the newest first."""
    statement = select(MailingVersion).where(
        MailingVersion.organisation_id == actor.organisation_id, MailingVersion.mailing_id == mailing_id
    )
    return db.session.scalars(statement.order_by(MailingVersion.number.desc())).all()


def get_version(actor: Actor, mailing_id: UUID, number: int) -> MailingVersion:
    """One of them; raises NotFound."""
    found = next((one for one in list_versions(actor, mailing_id) if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def find_last_version(organisation_id: UUID, mailing_id: UUID) -> MailingVersion | None:
    """The text that was saved last, if any was."""
    statement = select(MailingVersion).where(
        MailingVersion.organisation_id == organisation_id, MailingVersion.mailing_id == mailing_id
    )
    return db.session.scalar(statement.order_by(MailingVersion.number.desc()).limit(1))


def list_templates(actor: Actor) -> Sequence[MailingTemplate]:
    """The organisation's templates by name."""
    statement = select(MailingTemplate).where(
        MailingTemplate.organisation_id == actor.organisation_id, MailingTemplate.removed_at.is_(None)
    )
    return db.session.scalars(statement.order_by(func.lower(MailingTemplate.name), MailingTemplate.id)).all()


def get_template(actor: Actor, template_id: UUID) -> MailingTemplate:
    """A template of the actor's organisation, removed or not; raises NotFound for all others alike."""
    found: MailingTemplate | None = db.session.scalar(
        select(MailingTemplate).where(
            MailingTemplate.id == template_id, MailingTemplate.organisation_id == actor.organisation_id
        )
    )
    if found is None:
        raise NotFound
    return found


def find_signature(organisation_id: UUID) -> MailingSignature | None:
    """How the organisation's letters are signed, where it says so."""
    return db.session.scalar(
        select(MailingSignature).where(MailingSignature.organisation_id == organisation_id)
    )
