"""Staff's forms: what the sign-up says, why the list is taken out."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Optional

from organising.contacts.words import REASONS
from organising.platform.form_parts import Confirming, choices


class PageForm(Confirming):
    """What those who are going are told, and whether the page asks about invitations."""

    notes = TextAreaField(_l("What those who are going are told"))
    invitations = BooleanField(_l("Ask on the page whether they want invitations by email"))


class ExportForm(Confirming):
    """What the list is taken out for."""

    reason = SelectField(_l("What is it for?"), [Optional()], validate_choice=False)

    def offer(self) -> None:
        """The reasons."""
        self.reason.choices = choices(REASONS.items(), _l("Choose"))
