"""Notes about a contact: written, taken away, put back."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import ask_first
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Forbidden, Invalid, NotFound
from ...platform.permissions import Permission, Role
from ..models import ContactNote
from .drafts import person_cautions
from .keeping import open_contact

LONGEST_NOTE = 4000


def add_note(
    actor: Actor, contact_id: UUID, body: str, *, submission_key: UUID, confirmed: Collection[str] = ()
) -> ContactNote:
    """Write a note for colleagues; the same form sent twice writes one. Raises NotFound, Invalid, NeedsConfirmation."""
    contact = open_contact(actor, contact_id)
    statement = select(ContactNote).where(ContactNote.submission_key == submission_key)
    before = db.session.scalars(statement).one_or_none()
    if before is not None:
        return before
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise Invalid(_("Write the note first."), body=_("Write the note first."))
    if len(body) > LONGEST_NOTE:
        reason = _("Use at most %(most)s characters.", most=LONGEST_NOTE)
        raise Invalid(reason, body=reason)
    ask_first(person_cautions("body", body), confirmed)
    note = ContactNote(
        contact_id=contact.id,
        author_user_id=actor.user_id,
        author_label=actor.author_label,
        submission_key=submission_key,
    )
    note.body = body
    db.session.add(note)
    db.session.flush()
    record(actor, "contact.note_added", "contact", contact.id)
    return note


def remove_note(actor: Actor, contact_id: UUID, note_id: UUID) -> ContactNote:
    """Take a note away; it can be put back. Its author may, and whoever keeps the whole organisation's contacts."""
    note = _own(actor, contact_id, note_id)
    if note.remove(now()):
        record(actor, "contact.note_removed", "contact", contact_id)
    return note


def restore_note(actor: Actor, contact_id: UUID, note_id: UUID) -> ContactNote:
    """Put a note back."""
    note = _own(actor, contact_id, note_id)
    if note.restore():
        record(actor, "contact.note_restored", "contact", contact_id)
    return note


def _own(actor: Actor, contact_id: UUID, note_id: UUID) -> ContactNote:
    actor.check(Permission.CONTACTS_KEEP)
    note = get_or_404(ContactNote, note_id)
    if note.contact_id != contact_id:
        raise NotFound
    if actor.role is Role.OFFICER and note.author_user_id != actor.user_id:
        raise Forbidden(_("Somebody else wrote this note. They can take it away, or an organiser."))
    return note
