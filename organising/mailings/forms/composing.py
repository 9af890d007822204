"""The text of a mailing."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from organising.mailings.content import in_one_line
from organising.mailings.merge import Condition, Unparsable, parse
from organising.mailings.models import Mailing
from organising.mailings.queries.conditions import unknown_parties
from organising.mailings.services.drafting import Wording
from organising.organisations.queries import list_open_asks
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.message import address_of


def _mergeable(_form: Form, field: StringField) -> None:
    try:
        wrong = unknown_parties(parse(field.data or ""))
    except Unparsable as error:
        wrong = list(error.problems)
    if wrong:
        raise ValidationError(" ".join(map(str, wrong)))


def one_line(_form: Form, field: StringField) -> None:
    """What is written stays within one line."""
    if field.data and in_one_line(field.data) != " ".join(field.data.split(" ")).strip():
        raise ValidationError(_("Write this in one line, without line breaks or control characters."))


def an_address(_form: Form, field: StringField) -> None:
    """A bare address that every mail server takes."""
    try:
        address = address_of(field.data or "")
    except Invalid as error:
        raise ValidationError(error.message) from None
    if address != (field.data or "").strip() or not address.isascii():
        raise ValidationError(_("Write the bare address, such as campaigns@example.org."))


class WordingForm(FlaskForm):
    """The text of a mailing. ``version`` tells whether someone else changed it meanwhile."""

    title = StringField(_l("Name of the mailing"), [DataRequired(), Length(max=120), one_line])
    ask_id = SelectField(_l("Ask"), [Optional()])
    subject = StringField(_l("Subject"), [DataRequired(), Length(max=200), one_line, _mergeable])
    body = TextAreaField(_l("Letter"), [DataRequired(), Length(max=50_000), _mergeable])
    sender_name = StringField(_l("From"), [DataRequired(), Length(max=100), one_line])
    reply_to = StringField(_l("Answers go to"), [DataRequired(), Length(max=200), an_address])
    version = HiddenField()
    shown_to = StringField(_l("Show it as it reads to"), [Optional(), Length(max=100)])
    shown_to_id = HiddenField()

    def validate_body(self, field: TextAreaField) -> None:
        """A block that looks at a position or a promise does so on the ask of the mailing."""
        draft = self.draft()
        try:
            looked_at = parse(draft.subject).conditions | parse(draft.body).conditions
        except Unparsable:
            return
        if looked_at - {Condition.PARTY} and draft.ask_id is None:
            raise ValidationError(_("Choose the ask that the position or promise in it is on."))

    def offer(self, campaign_id: UUID) -> None:
        """Fill in the campaign's asks."""
        asks = [(str(ask.id), f"{ask.code}: {ask.wording}") for ask in list_open_asks(campaign_id)]
        self.ask_id.choices = [("", _("None in particular")), *asks]

    def keep_sender(self, mailing: Mailing) -> None:
        """Take name and reply address from the mailing: it has a sender of its own, which brings both."""
        self.sender_name.data, self.reply_to.data = mailing.sender_name, mailing.reply_to

    def wording(self) -> Wording:
        """What was written, once it is found right."""
        return self.draft()

    def draft(self) -> Wording:
        """What is written so far."""
        return Wording(
            title=in_one_line(self.title.data or ""),
            subject=in_one_line(self.subject.data or ""),
            body=(self.body.data or "").replace("\r\n", "\n"),
            sender_name=in_one_line(self.sender_name.data or ""),
            reply_to=(self.reply_to.data or "").strip(),
            ask_id=as_id(self.ask_id.data),
        )
