"""Practice mode: until an organisation has gone live it keeps no real person, so imports and pledge pages stay shut."""

from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, exists, select

from ..config import Settings
from ..platform.actor import Actor
from ..platform.db import db
from ..platform.errors import DomainError
from .models import GoingLive


class PracticeMode(DomainError):
    """The organisation has not gone live. The page that answers says what is missing, and who can do it."""

    code = "practice_mode"
    status = 409


def holds_invented_people() -> bool:
    """Whether this installation was started for invented people only: the demo, and tests."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.invented_people


def live(organisation_id: object) -> ColumnElement[bool]:
    """Whether an organisation, given by its id or a column, is live: for a statement."""
    return exists().where(GoingLive.organisation_id == organisation_id, GoingLive.ended_at.is_(None))


def find_live(organisation_id: UUID) -> GoingLive | None:
    """Since when an organisation is live, and who said so."""
    return db.session.scalar(
        select(GoingLive).where(GoingLive.organisation_id == organisation_id, GoingLive.ended_at.is_(None))
    )


def may_keep_people(organisation_id: UUID) -> bool:
    """Whether it may take in people's data: it is live, or nobody here is real."""
    return holds_invented_people() or find_live(organisation_id) is not None


def check_live(actor: Actor) -> None:
    """Raise :class:`PracticeMode` unless the actor's organisation may take in people's data."""
    if not may_keep_people(actor.organisation_id):
        raise PracticeMode(
            "Your organisation is in practice mode. See Organisation → Data protection → Going live."
        )
