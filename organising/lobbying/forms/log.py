"""The contact log's filters."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SearchField, SelectField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import DayField, choices
from organising.lobbying.words import KINDS


class LogFilter(Form):
    """The log's filters: they stand in the address, so there is nothing to protect and nothing to save."""

    q = SearchField(_l("Words"))
    institution = HiddenField()
    kind = SelectField(_l("Kind"))
    organisation = SelectField(_l("Partner"))
    party = SelectField(_l("Party"))
    region = SelectField(_l("Region"))
    from_on = DayField(_l("From"), name="from", validators=[Optional()])
    to_on = DayField(_l("To"), name="to", validators=[Optional()])

    def offer(
        self,
        *,
        partners: Iterable[tuple[str, str]],
        parties: Iterable[tuple[str, str]],
        regions: Iterable[str],
    ) -> None:
        """Fill the choices with what there is; a choice that is no longer there counts as none."""
        offered = (
            (self.kind, choices(KINDS.items(), _("Any kind"))),
            (self.organisation, choices(partners, _("Any partner"))),
            (self.party, choices(parties, _("Any party"))),
            (self.region, choices(((one, one) for one in regions), _("Anywhere"))),
        )
        for field, known in offered:
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return any(field.data for field in self)
