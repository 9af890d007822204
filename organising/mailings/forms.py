"""What people fill in about a mailing."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from organising.organisations.queries import list_open_asks
from organising.platform.clock import today
from organising.platform.errors import Invalid
from organising.platform.message import address_of
from organising.representatives.queries import list_parties, list_regions

from .content import in_one_line
from .merge import Unparsable, parse
from .services.drafting import Wording


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


class AskForm(FlaskForm):
    """Whom to ask for sign-off."""

    reviewer = RadioField(_l("Who signs it off?"), [DataRequired()])


class DecisionForm(FlaskForm):
    """Sign-off of exactly what was shown."""

    decision = HiddenField(validators=[DataRequired()])
    content_hash = HiddenField(validators=[DataRequired()])
    comment = TextAreaField(_l("Comment"), [Length(max=2000)])

    def validate_comment(self, field: TextAreaField) -> None:
        if self.decision.data == "decline" and not (field.data or "").strip():
            raise ValidationError(_("Say what should change."))


class SettlementForm(FlaskForm):
    """What a person decides about one uncertain message."""

    decision = HiddenField(validators=[DataRequired()])
    evidence = StringField(_l("How do you know?"), [Length(max=500)])
