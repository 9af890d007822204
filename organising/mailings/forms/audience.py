"""Whom a mailing goes to."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField

from organising.platform.clock import today
from organising.representatives.queries import list_parties, list_regions


class AudienceFilter(Form):
    """Finding representatives; it stands in the address, so there is nothing to save."""

    q = StringField(_l("Name or constituency"))
    kind = SelectField(_l("Office"))
    party = SelectField(_l("Party"))
    region = SelectField(_l("Region"))

    def offer(self) -> None:
        """Fill in the choices; one that is no longer there counts as none."""
        kinds = [("mp", _("Members of the Commons")), ("peer", _("Peers"))]
        parties = [(party.key, f"{party.name} ({number})") for party, number in list_parties(on=today())]
        regions = [(one, one) for one in list_regions()]
        for field, choices in (
            (self.kind, kinds),
            (self.party, [("", _("Any party")), *parties]),
            (self.region, [("", _("Anywhere")), *regions]),
        ):
            field.choices = choices
            known = [key for key, _label in choices]
            field.data = field.data if field.data in known else known[0]
