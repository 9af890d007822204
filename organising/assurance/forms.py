"""Forms of these pages."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from ..accounts.words import ROLE_NAMES
from ..platform.form_parts import Boxes, Confirming, DayField, choices
from ..platform.forms import Form
from ..platform.moments import InstantField
from ..platform.permissions import Role
from ..safeguards.terms import MOST_ROWS, TAKERS, Terms
from .words import BASES


def tidy(text: str | None) -> str | None:
    """One space where there were several."""
    return " ".join(text.split()) if text else text


class AcceptForm(Form):
    """A yes to the version as it was shown."""

    version = HiddenField()
    digest = HiddenField()


class TermsForm(Form):
    """The numbers and roles of a new version."""

    name = StringField(
        _l("Name of the version"),
        [DataRequired(_l("Give the version a name that people will recognise.")), Length(max=120)],
        description=_l("For example: Version of March 2027."),
    )
    note = TextAreaField(
        _l("What changes, and why"),
        [DataRequired(_l("Say what changes: every admin reads it before they accept.")), Length(max=1000)],
    )
    contacts_by = Boxes(_l("Who may take contacts out"))
    contacts_reason_by = Boxes(_l("Who says each time what for"))
    signers_by = Boxes(_l("Who may take signers out"))
    most_rows = IntegerField(
        _l("People in one file, at most"),
        [InputRequired(_l("Give a number.")), NumberRange(1, MOST_ROWS, _l("From 1 to 50,000."))],
    )
    contacts_months = IntegerField(
        _l("Months without contact after which a contact goes, at most"),
        [InputRequired(_l("Give a number.")), NumberRange(3, 72, _l("From 3 to 72."))],
    )
    breach_partner_hours = IntegerField(
        _l("Hours until partners hear of a breach"),
        [InputRequired(_l("Give a number.")), NumberRange(1, 72, _l("From 1 to 72."))],
    )

    def offer(self) -> None:
        """The roles that may be chosen at all: no version opens people to an analyst."""
        for field in (self.contacts_by, self.contacts_reason_by, self.signers_by):
            field.choices = [(str(role), str(ROLE_NAMES[role])) for role in TAKERS]

    def terms(self) -> Terms:
        """What was chosen."""
        kept = {
            name: self[name].data
            for name in Terms.__dataclass_fields__
            if name in self and not isinstance(self[name], Boxes)
        }
        roles = {
            name: [role for role in Role if str(role) in (self[name].data or [])]
            for name in ("contacts_by", "contacts_reason_by", "signers_by")
        }
        return Terms.read({**kept, **roles})


class WordsForm(Form):
    """A text of one's own."""

    text = TextAreaField(_l("Text"), [DataRequired(_l("Write something.")), Length(max=5000)])


class DisclosureForm(Confirming, Form):
    """A request by an authority, as it came."""

    authority = StringField(
        _l("Which authority"), [DataRequired(_l("Say who asks.")), Length(max=200)], filters=[tidy]
    )
    basis = SelectField(_l("What it rests on"), [DataRequired(_l("Choose what the request rests on."))])
    received_on = DayField(_l("Received on"), [InputRequired(_l("Give the day."))])
    subject = StringField(
        _l("Whom it is about"),
        [DataRequired(_l("Name the person.")), Length(max=200)],
        filters=[tidy],
        description=_l("One named person a request."),
    )
    asked = TextAreaField(
        _l("What is asked for"), [DataRequired(_l("Say what is asked for.")), Length(max=5000)]
    )

    def offer(self) -> None:
        """What a request may rest on."""
        self.basis.choices = choices(BASES.items(), _l("Choose"))


class BreachForm(Confirming, Form):
    """What happened, when it was noticed, and the time in which it may have."""

    what = TextAreaField(
        _l("What happened"),
        [DataRequired(_l("Say what happened, as far as you know.")), Length(max=5000)],
        description=_l("Encrypted. Name nobody who is affected."),
    )
    noticed_at = InstantField(
        _l("Noticed at"), [InputRequired(_l("Give the moment: the clock runs from it."))]
    )
    window_from = InstantField(_l("It may have happened from"), [InputRequired(_l("Give the moment."))])
    window_until = InstantField(_l("It may have happened until"), [InputRequired(_l("Give the moment."))])


class NameForm(Form):
    """The organisation's name, typed before something that nobody can undo."""

    name = StringField(_l("Name of your organisation"))
