"""What people fill in about an update: its words, where it comes from, and which signers it is for."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional, ValidationError

from organising.mailings.forms.people import PeopleForm
from organising.mailings.models import Mailing
from organising.mailings.states import MailingMode
from organising.organisations.queries import list_units
from organising.platform.clock import today
from organising.platform.given import as_id
from organising.pledges.models import Sector
from organising.pledges.texts import sector_labels

from .models import PledgeUpdate
from .queries import list_constituencies
from .services.drafting import Question


class UpdateForm(PeopleForm):
    """An update."""

    MODE = MailingMode.SIGNERS

    sector = SelectField(_l("Sector"), [Optional()])
    constituency_code = SelectField(_l("Constituency"), [Optional()])
    unit = SelectField(_l("Unit"), [Optional()])
    since = DateField(_l("Signed on or after"), [Optional()])

    @classmethod
    def of(cls, mailing: Mailing, update: PledgeUpdate) -> "UpdateForm":
        """The form as a draft stands."""
        form = cls(obj=mailing)
        form.offer()
        if not form.is_submitted():
            form.show_sender(mailing)
            form.sector.data, form.constituency_code.data = (
                update.sector or "",
                update.constituency_code or "",
            )
            form.unit.data, form.since.data = str(update.unit_id or ""), update.since
        return form

    def offer(self) -> None:
        """Fill in the organisation's senders and units, the sectors and the constituencies of its signers."""
        self.offer_senders()
        self.sector.choices = [("", _("All sectors")), *sector_labels().items()]
        places = [(row.gss_code, row.name) for row in list_constituencies()]
        units = [(str(one.unit.id), "– " * one.depth + one.unit.name) for one in list_units()]
        self.unit.choices = [("", _("Any unit, or none")), *units]
        self.constituency_code.choices = [("", _("All constituencies")), *places]

    def validate_since(self, field: DateField) -> None:
        """A day on which somebody can have signed."""
        if field.data is not None and field.data > today():
            raise ValidationError(_("Choose a day that has come."))

    def question(self) -> Question:
        """Which signers are meant."""
        return Question(
            Sector(self.sector.data) if self.sector.data in list(Sector) else None,
            self.constituency_code.data or None,
            as_id(self.unit.data),
            self.since.data,
        )
