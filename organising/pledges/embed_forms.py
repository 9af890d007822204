"""Forms of the page on which a partner makes its links and says where its form may stand."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from ..platform.forms import Form, parsed
from .origins import parse_origin, parse_source


class OriginForm(Form):
    """A site in whose frame the form may stand."""

    origin = StringField(
        _l("Address of the site"),
        [
            InputRequired(_l("Enter the address of a site, such as https://www.example.org.")),
            Length(max=300),
            parsed(parse_origin),
        ],
    )


class LinkForm(Form):
    """What one link says of itself: nothing that tells of who follows it."""

    class Meta:
        csrf = False

    unit = SelectField(_l("For a branch or group"), [Optional()])
    source = StringField(_l("Where you will use it"), [Optional(), Length(max=60), parsed(parse_source)])

    def values(self) -> dict[str, str]:
        """The parameters of the link, those left empty left out."""
        try:
            unit = UUID(self.unit.data).hex if self.unit.data else ""
        except ValueError:
            unit = ""
        return {name: value for name, value in (("unit", unit), ("source", self.source.data or "")) if value}
