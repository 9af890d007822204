"""What the coordinator fills in about a recess."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import Confirming, DayField, choices
from organising.lobbying.words import SITTING_CHAMBERS
from organising.representatives.services.recesses import RecessDraft


class RecessForm(Confirming):
    """A chamber and the days on which it does not sit."""

    chamber = SelectField(_l("Chamber"), choices=choices(SITTING_CHAMBERS.items()), validate_choice=False)
    name = StringField(_l("Name"))
    starts_on = DayField(_l("First day without a sitting"), validators=[Optional()])
    ends_on = DayField(_l("Last day without a sitting"), validators=[Optional()])

    def draft(self) -> RecessDraft:
        """What was typed, for the services to judge."""
        return RecessDraft(
            self.chamber.data or "", self.name.data or "", self.starts_on.data, self.ends_on.data
        )
