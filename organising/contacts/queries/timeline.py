"""What happened with a contact, newest first: notes, decisions, and what the audit log says was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ...platform.audit import AuditEvent
from ...platform.audit_words import BY_THE_PERSON
from ...platform.db import db
from ..models import ContactNote
from ..words import FIELDS
from .changes import list_changes_of
from .consents import Decided
from .contacts import list_notes
from .fields import OwnField
from .happenings import Happening
from .imports import list_deeds_of

MOST_EVENTS = 100
# What stands for itself.
SAID_OTHERWISE = (
    "contact.put_to_occasion", "contact.taken_from_occasion",
    "contact.note_added", "consent.recorded", "consent.withdrawn", "contact.imported", "contact.changed_by_file",
)  # fmt: skip
# A file is one event for all who are in it; its rows say of whom.
FROM_FILE = {"added": "imported", "updated": "changed_by_file"}


@dataclass(frozen=True)
class Entry:
    """A note, a decision, what another part of the product knows, or a deed with the fields in words that it changed."""

    at: datetime
    user_id: UUID | None
    note: ContactNote | None = None
    decided: Decided | None = None
    happened: Happening | None = None
    deed: str = ""
    is_theirs: bool = False
    named: tuple[str, ...] = field(default=())


def list_timeline(
    contact_id: UUID,
    decisions: Sequence[Decided],
    fields: Sequence[OwnField],
    happenings: Sequence[Happening] = (),
) -> list[Entry]:
    """Notes that stand, the contact's ``decisions``, and the latest deeds: which fields changed, never to what."""
    notes = [Entry(note.created_at, note.author_user_id, note=note) for note in list_notes(contact_id)]
    events = db.session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.subject_id == contact_id,
            AuditEvent.subject_type == "contact",
            AuditEvent.action.not_in(SAID_OTHERWISE),
        )
        .order_by(AuditEvent.created_at.desc())
        .limit(MOST_EVENTS)
    )
    words = FIELDS | {f"own-{one.id}": one.name for one in fields}
    deeds = [
        Entry(
            one.created_at,
            one.user_id,
            deed=one.action,
            is_theirs=one.action in BY_THE_PERSON,
            named=tuple(str(words.get(name, name)) for name in one.facts.get("fields", ())),
        )
        for one in events
    ]
    deeds += [
        Entry(at, user_id, deed=f"contact.{FROM_FILE[deed]}")
        for at, user_id, deed in list_deeds_of(contact_id)
    ]
    together = [
        Entry(one.created_at, one.user_id, deed=f"contacts.{one.deed}", named=(one.target_label,))
        for one in list_changes_of(contact_id, MOST_EVENTS)
        if one.undone_at is None
    ]
    said = [Entry(one.consent.decided_at, one.consent.recorded_by, decided=one) for one in decisions]
    known = [Entry(one.at, None, happened=one) for one in happenings]
    return sorted([*notes, *said, *deeds, *together, *known], key=lambda entry: entry.at, reverse=True)
