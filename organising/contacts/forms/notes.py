"""A note about a contact."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from ...platform.db import new_id
from ...platform.form_parts import Confirming
from ...platform.given import as_id
from .contacts import plain


class NoteForm(Confirming):
    """Words for colleagues."""

    submission_key = HiddenField()
    body = TextAreaField(_l("Note"), filters=[plain])

    def key(self) -> UUID:
        """The form's own key; a damaged one counts as new."""
        found = as_id(self.submission_key.data) or new_id()
        self.submission_key.data = str(found)
        return found
