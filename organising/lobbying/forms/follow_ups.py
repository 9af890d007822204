"""What people fill in about a follow-up."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import Confirming, DayField
from organising.lobbying.services import FollowUpDraft


class FollowUpForm(Confirming):
    """Something to do about one person."""

    what = StringField(_l("What will you do?"))
    due_on = DayField(_l("By when?"), validators=[Optional()])

    def draft(self) -> FollowUpDraft:
        """What was typed, for the services to judge."""
        return FollowUpDraft(self.what.data or "", self.due_on.data)
