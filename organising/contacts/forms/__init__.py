"""What people fill in about contacts: shapes only, rules live in the services."""

from .contacts import ContactForm, kept_parts
from .lists import ContactFilter, ExportForm
from .notes import NoteForm

__all__ = ["ContactFilter", "ContactForm", "ExportForm", "NoteForm", "kept_parts"]
