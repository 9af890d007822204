"""How an office asked to be written to."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import Length

from organising.representatives.services.preferences import LONGEST_NOTE
from organising.representatives.words import PREFERENCES


class ContactPreferenceForm(FlaskForm):
    """How an office asked to be written to, and where it said so."""

    preference = RadioField(_l("It asked to be written to"))
    note = StringField(_l("Where it says so, or the form’s address"), [Length(max=LONGEST_NOTE)])

    def offer(self) -> None:
        """Fill in the choices."""
        self.preference.choices = [
            ("", _("Nothing is known: by email")),
            *((str(key), words) for key, words in PREFERENCES.items()),
        ]
