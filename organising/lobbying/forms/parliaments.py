"""What the coordinator fills in about a parliament."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import Confirming, DayField, choices
from organising.lobbying.words import CHAMBERS
from organising.representatives.services.parliaments import ParliamentDraft


class ParliamentForm(Confirming):
    """A parliament's name and dates; the chamber and number of one that is kept stay as they are."""

    chamber = SelectField(_l("Chamber"), choices=choices(CHAMBERS.items()), validate_choice=False)
    number = IntegerField(_l("Number"), validators=[Optional()])
    name = StringField(_l("Name"))
    elected_on = DayField(_l("Elected on"), validators=[Optional()])
    dissolved_on = DayField(_l("Dissolved on"), validators=[Optional()])

    def draft(self) -> ParliamentDraft:
        """What was typed, for the services to judge."""
        return ParliamentDraft(
            chamber=self.chamber.data or "",
            number=self.number.data,
            name=self.name.data or "",
            elected_on=self.elected_on.data,
            dissolved_on=self.dissolved_on.data,
        )
