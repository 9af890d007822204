"""What is done with contacts. Services add and flush; the caller commits."""

from .drafts import ContactDraft, DetailDraft
from .exporting import export_contacts
from .keeping import archive_contact, edit_contact, keep_contact, restore_contact
from .notes import add_note, remove_note, restore_note
from .searching import Filters, search_contacts

__all__ = [
    "ContactDraft",
    "DetailDraft",
    "Filters",
    "add_note",
    "archive_contact",
    "edit_contact",
    "export_contacts",
    "keep_contact",
    "remove_note",
    "restore_contact",
    "restore_note",
    "search_contacts",
]
