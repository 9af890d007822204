"""People-storage off: an organisation takes part and keeps no person. The database refuses; this says so in words."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from ..platform.actor import Actor
from ..platform.db import db
from ..platform.errors import DomainError
from .models import PeopleStorageOff


class KeepsNobody(DomainError):
    """The organisation has people-storage off."""

    code = "keeps_nobody"
    status = 409


def keeps_nobody(organisation_id: object) -> ColumnElement[bool]:
    """Whether an organisation, given by its id or a column, keeps no person: for a statement."""
    return exists().where(
        PeopleStorageOff.organisation_id == organisation_id, PeopleStorageOff.ended_at.is_(None)
    )


def find_storage_off(organisation_id: UUID) -> PeopleStorageOff | None:
    """Since when an organisation keeps nobody, and who said so."""
    return db.session.scalar(
        select(PeopleStorageOff).where(
            PeopleStorageOff.organisation_id == organisation_id, PeopleStorageOff.ended_at.is_(None)
        )
    )


def check_keeps_people(actor: Actor) -> None:
    """Raise :class:`KeepsNobody` where the actor's organisation keeps no person."""
    if find_storage_off(actor.organisation_id) is not None:
        raise KeepsNobody(
            "Your organisation keeps no people here. An admin can change that under Organisation → Data protection."
        )
