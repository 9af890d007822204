"""What was done to many contacts at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ...platform.db import db
from ..models import Contact, ContactChange, ContactChanged


def list_changes(most: int) -> Sequence[ContactChange]:
    """The latest, newest first."""
    statement = select(ContactChange).order_by(ContactChange.created_at.desc(), ContactChange.id).limit(most)
    return db.session.scalars(statement).all()


def list_changed(change_id: UUID, most: int) -> Sequence[Contact]:
    """The first, by name, of those whom a change changed."""
    changed = select(ContactChanged.contact_id).where(ContactChanged.change_id == change_id)
    statement = select(Contact).where(Contact.id.in_(changed)).order_by(Contact.sort_key, Contact.id)
    return db.session.scalars(statement.limit(most)).all()


def list_changes_of(contact_id: UUID, most: int) -> Sequence[ContactChange]:
    """The latest that changed one contact."""
    changed = select(ContactChanged.change_id).where(ContactChanged.contact_id == contact_id)
    statement = select(ContactChange).where(ContactChange.id.in_(changed))
    return db.session.scalars(statement.order_by(ContactChange.created_at.desc()).limit(most)).all()
