"""Which signatures are meant to be taken out of the count, and why."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from ..platform.forms import Form
from ..platform.moments import FORMATS, InstantField
from .mail_domains import domain_of
from .models import Channel
from .origins import HOST, SOURCE
from .services.invalidating import Criteria


class CriteriaForm(Form):
    """The filter, as it stands in the address: counting changes nothing, so it asks for no token."""

    class Meta:
        csrf = False

    since = InstantField(_l("Signed since"), [Optional()], format=list(FORMATS))
    until = InstantField(_l("Signed until"), [Optional()], format=list(FORMATS))
    channel = SelectField(_l("By which way"), [Optional()])
    source = StringField(_l("By the link named"), [Optional(), Length(max=40)])
    domain = StringField(_l("Email addresses at"), [Optional(), Length(max=253)])

    def __init__(self, channels: dict[str, str], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._channels = channels
        self.channel.choices = [("", _("Any"))] + [(one, channels[one]) for one in Channel]

    def validate_source(self, field: Any) -> None:
        field.data = (field.data or "").strip().lower()
        if field.data and not SOURCE.fullmatch(field.data):
            raise ValidationError(_("A link's name has letters, digits and dashes, such as may-newsletter."))

    def validate_domain(self, field: Any) -> None:
        field.data = domain_of(f"@{(field.data or '').strip().removeprefix('@')}")
        if field.data and not HOST.fullmatch(field.data):
            raise ValidationError(_("Enter what stands after the @, such as example.org."))

    def validate_until(self, field: Any) -> None:
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("This is before the other end."))

    def criteria(self) -> Criteria:
        """The checked values."""
        return Criteria(
            self.since.data,
            self.until.data,
            self.channel.data or None,
            self.source.data or None,
            self.domain.data or None,
        )

    def words(self) -> str:
        """The criteria as a person reads them, also in a year."""
        shown = {self.channel.name: self._channels.get(self.channel.data or "", "")}
        given: list[Any] = [self.since, self.until, self.channel, self.source, self.domain]
        return "; ".join(
            f"{field.label.text}: {shown.get(field.name) or field._value()}" for field in given if field.data
        )


class ReasonForm(Form):
    """The decision: how many were shown, and why they are no people's."""

    expected = IntegerField(validators=[InputRequired(), NumberRange(1)])
    reason = TextAreaField(
        _l("Why they do not count"),
        [DataRequired(_l("Say why: your colleagues read it when someone asks.")), Length(max=1000)],
    )
