"""Senders and the own mail server."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, IntegerField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from organising.mailings.content import in_one_line
from organising.mailings.models import MailServer
from organising.mailings.services.identities import Sender
from organising.mailings.services.mail_servers import ServerDetails
from organising.platform.errors import Invalid
from organising.platform.given import as_version
from organising.platform.message import address_of

SECURITY = [
    SelectChoice("starttls", _l("STARTTLS, mostly on port 587")),
    SelectChoice("tls", _l("TLS from the start, mostly on port 465")),
    SelectChoice("none", _l("None: to this machine only")),
]


def _in_one_line(_form: Form, field: StringField) -> None:
    if field.data and in_one_line(field.data) != field.data.strip():
        raise ValidationError(_("Write this in one line, without line breaks or control characters."))


def _bare_address(_form: Form, field: StringField) -> None:
    given = (field.data or "").strip()
    try:
        address = address_of(given)
    except Invalid as error:
        raise ValidationError(error.message) from None
    local, _at, domain = address.rpartition("@")
    if address != given or not given.isascii() or not local or "." not in domain:
        raise ValidationError(_("Write the bare address, such as campaigns@example.org."))


class SenderForm(FlaskForm):
    """A name and address that mailings come from, and where answers go."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=100), _in_one_line])
    address = StringField(_l("Address"), [DataRequired(), Length(max=200), _bare_address])
    reply_to = StringField(_l("Answers go to"), [Optional(), Length(max=200), _bare_address])

    def sender(self) -> Sender:
        """What was written; answers go to the same address unless another is given."""
        address = (self.address.data or "").strip()
        return Sender(
            in_one_line(self.name.data or ""), address, (self.reply_to.data or "").strip() or address
        )

    def show(self, invalid: Invalid) -> None:
        """Put a service's reasons beside the fields they are about."""
        for name, reason in invalid.details.items():
            self[name].errors = [*self[name].errors, reason]


class SenderChoiceForm(FlaskForm):
    """Whom one mailing comes from. ``version`` tells whether someone else changed it meanwhile."""

    identity = RadioField(_l("Whom does it come from?"), [InputRequired()])
    version = HiddenField()

    @property
    def shown(self) -> int:
        """The version that the form was opened with, or 0, which no mailing has."""
        return as_version(self.version.data)


class ServerForm(FlaskForm):
    """The own mail server. An empty password leaves the one that is kept."""

    host = StringField(_l("Server"), [DataRequired(), Length(max=253), _in_one_line])
    port = IntegerField(_l("Port"), [InputRequired(), NumberRange(1, 65535)])
    security = RadioField(_l("Encryption"), [DataRequired()], choices=SECURITY, default="starttls")
    username = StringField(_l("User name"), [Optional(), Length(max=200), _in_one_line])
    password = PasswordField(_l("Password"), [Optional(), Length(max=500)])
    connections = IntegerField(_l("Connections at once"), [InputRequired(), NumberRange(1, 50)], default=4)

    def fill(self, server: MailServer | None) -> None:
        """As it is kept; the password is never shown again."""
        if server is None:
            self.port.data = 587
            return
        self.host.data, self.port.data, self.security.data = server.host, server.port, server.security
        self.username.data, self.connections.data = server.username, server.connections

    def details(self) -> ServerDetails:
        """What was written."""
        return ServerDetails(
            in_one_line(self.host.data or ""),
            self.port.data or 0,
            self.security.data,
            self.connections.data or 1,
            (self.username.data or "").strip() or None,
            self.password.data or None,
        )

    def show(self, invalid: Invalid) -> None:
        """Put a service's reasons beside the fields they are about."""
        for name, reason in invalid.details.items():
            self[name].errors = [*self[name].errors, reason]
