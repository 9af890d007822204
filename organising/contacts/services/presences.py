"""Where contacts were: put to an occasion, and taken out again."""

from uuid import UUID

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.given import as_id
from ...platform.locks import take_turns
from ..models import Contact
from ..queries.happenings import Occasions, find_presence, list_occasions
from .keeping import open_contact


def put_to_occasion(actor: Actor, contact_id: UUID, occasion: str) -> Contact:
    """Say that a contact was there; twice is once. Raises NotFound, Conflict for an archived one, Invalid."""
    contact = open_contact(actor, contact_id)
    occasions, occasion_id = _named(occasion)
    if not occasions.is_own(actor, occasion_id):
        raise Invalid(_("Choose one of these."), occasion=_("Choose one of these."))
    take_turns("presence", contact.id, occasion_id)
    if find_presence(occasions, contact.id, occasion_id) is None:
        row = occasions.model(contact_id=contact.id, author_label=actor.author_label)
        setattr(row, occasions.column, occasion_id)
        db.session.add(row)
        db.session.flush()
        record(
            actor, "contact.put_to_occasion", "contact", contact.id, kind=occasions.key, of=str(occasion_id)
        )
    return contact


def take_from_occasion(actor: Actor, contact_id: UUID, occasion: str) -> Contact:
    """Say that a contact was not there after all."""
    contact = open_contact(actor, contact_id, archived=True)
    occasions, occasion_id = _named(occasion)
    row = find_presence(occasions, contact.id, occasion_id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
        record(
            actor,
            "contact.taken_from_occasion",
            "contact",
            contact.id,
            kind=occasions.key,
            of=str(occasion_id),
        )
    return contact


def _named(occasion: str) -> tuple[Occasions, UUID]:
    key, _colon, text = occasion.partition(":")
    occasions = next((one for one in list_occasions() if one.key == key), None)
    occasion_id = as_id(text)
    if occasions is None or occasion_id is None:
        raise Invalid(_("Choose one of these."), occasion=_("Choose one of these."))
    return occasions, occasion_id
