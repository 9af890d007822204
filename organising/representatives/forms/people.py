"""What people fill in about representatives."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, SelectField, StringField
from wtforms.validators import DataRequired, Length

from organising.representatives.queries import list_parties, list_regions
from organising.representatives.services import LONGEST_SALUTATION


class RepresentativeFilter(Form):
    """The list's filters; they stand in the address, so there is nothing to protect and nothing to save."""

    q = StringField(_l("Name or constituency"))
    kind = SelectField(_l("Office"))
    party = SelectField(_l("Party"))
    region = SelectField(_l("Region"))

    def offer(self, on: date) -> None:
        """Fill the choices with what there is; a choice that is no longer there counts as none."""
        kinds = [
            ("mp", _("MPs")),
            ("peer", _("Peers")),
            ("", _("Anyone in office")),
            ("former", _("No longer in office")),
        ]
        parties = [("", _("Any party")), *self._parties(on)]
        regions = [("", _("Anywhere")), *((one, one) for one in list_regions())]
        for field, choices in ((self.kind, kinds), (self.party, parties), (self.region, regions)):
            field.choices = choices
            known = [key for key, _label in choices]
            field.data = field.data if field.data in known else known[0]

    def _parties(self, on: date) -> list[tuple[str, str]]:
        return [(party.key, f"{party.name} ({number})") for party, number in list_parties(on=on)]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return bool(self.q.data) or self.is_filtered

    @property
    def is_filtered(self) -> bool:
        """Whether office, party or region was chosen."""
        return bool(self.party.data or self.region.data) or self.kind.data != "mp"


class SalutationForm(FlaskForm):
    """How a letter begins after “Dear”."""

    salutation = StringField(_l("Dear …"), validators=[DataRequired(), Length(max=LONGEST_SALUTATION)])


class CheckedSalutationsForm(FlaskForm):
    """Only the token: the page's own ids say which salutations were on it."""
