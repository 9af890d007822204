"""The text of a mailing."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from organising.mailings.content import in_one_line
from organising.mailings.merge import Unparsable, parse
from organising.mailings.services.drafting import Wording
from organising.organisations.queries import list_open_asks
from organising.platform.errors import Invalid
from organising.platform.message import address_of


def _mergeable(_form: Form, field: StringField) -> None:
    try:
        parse(field.data or "")
    except Unparsable as error:
        raise ValidationError(" ".join(str(problem) for problem in error.problems)) from None


def _one_line(_form: Form, field: StringField) -> None:
    if field.data and in_one_line(field.data) != " ".join(field.data.split(" ")).strip():
        raise ValidationError(_("Write this in one line, without line breaks or control characters."))


def _an_address(_form: Form, field: StringField) -> None:
    try:
        address = address_of(field.data or "")
    except Invalid as error:
        raise ValidationError(error.message) from None
    if address != (field.data or "").strip() or not address.isascii():
        raise ValidationError(_("Write the bare address, such as campaigns@example.org."))


class WordingForm(FlaskForm):
    """The text of a mailing. ``version`` tells whether someone else changed it meanwhile."""

    title = StringField(_l("Name of the mailing"), [DataRequired(), Length(max=120), _one_line])
    ask_id = SelectField(_l("Ask"), [Optional()])
    subject = StringField(_l("Subject"), [DataRequired(), Length(max=200), _one_line, _mergeable])
    body = TextAreaField(_l("Letter"), [DataRequired(), Length(max=50_000), _mergeable])
    sender_name = StringField(_l("From"), [DataRequired(), Length(max=100), _one_line])
    reply_to = StringField(_l("Answers go to"), [DataRequired(), Length(max=200), _an_address])
    version = HiddenField()

    def offer(self, campaign_id: UUID) -> None:
        """Fill in the campaign's asks."""
        asks = [(str(ask.id), f"{ask.code}: {ask.wording}") for ask in list_open_asks(campaign_id)]
        self.ask_id.choices = [("", _("None in particular")), *asks]

    def wording(self) -> Wording:
        """What was written."""
        return Wording(
            title=in_one_line(self.title.data or ""),
            subject=in_one_line(self.subject.data or ""),
            body=(self.body.data or "").replace("\r\n", "\n"),
            sender_name=in_one_line(self.sender_name.data or ""),
            reply_to=(self.reply_to.data or "").strip(),
            ask_id=UUID(self.ask_id.data) if self.ask_id.data else None,
        )
