"""The public's postcode and letter."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from organising.mailings.content import in_one_line
from organising.platform.forms import Form, PublicForm, parsed
from organising.pledges.canonical import folded, parse_email, parse_postcode

from ..cautions import find_cautions
from ..content import Writer, plain_text
from ..services.writing import Given
from ..texts import LONGEST_BODY, SHORTEST_BODY

MARK = "|"


class PostcodeForm(Form):
    """Where the writer lives: it alone says who their MP is."""

    postcode = StringField(
        _l("Your postcode"),
        [InputRequired(_l("Enter your postcode.")), Length(max=12), parsed(parse_postcode)],
    )


class LetterForm(PublicForm, PostcodeForm):
    """The letter and who writes it.

    ``asked`` are the words that the writer was asked about, ``sure`` their answer: it holds for those words alone.
    """

    salt = "letters.shown"

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=100)])
    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )
    street = TextAreaField(
        _l("Your address, without the postcode"),
        [InputRequired(_l("Enter your address.")), Length(min=4, max=300)],
    )
    subject = StringField(_l("Subject"), [InputRequired(_l("Give your letter a subject.")), Length(max=150)])
    body = TextAreaField(
        _l("Your letter"), [InputRequired(_l("Write your letter.")), Length(max=LONGEST_BODY)]
    )
    sure = BooleanField(_l("It says nothing about any one person’s immigration status"))
    asked = HiddenField()

    def validate_name(self, field: Any) -> None:
        field.data = in_one_line(field.data)
        if not folded(field.data) or "=?" in field.data:
            raise ValidationError(_("Enter your name."))

    def validate_email(self, field: Any) -> None:
        if not field.data.isascii():
            raise ValidationError(
                _("Your MP’s office can’t answer an address with these letters. Use another.")
            )

    def validate_street(self, field: Any) -> None:
        lines = [in_one_line(line) for line in plain_text(field.data).split("\n")]
        field.data = "\n".join(line for line in lines if line)

    def validate_subject(self, field: Any) -> None:
        field.data = in_one_line(field.data)
        if "=?" in field.data:
            raise ValidationError(_("Write the subject in plain letters."))

    def validate_body(self, field: Any) -> None:
        field.data = plain_text(field.data)
        if len(field.data) < SHORTEST_BODY:
            raise ValidationError(_("Write a sentence or two in your own words."))

    def ask_about(self) -> list[str]:
        """Words about a status that the writer has not yet been sure about; they are asked about them from now on."""
        found = find_cautions(self.subject.data or "", self.body.data or "")
        known = set((self.asked.data or "").split(MARK)) if self.sure.data else set()
        self.asked.data = MARK.join(found)
        if set(found) <= known:
            return []
        self.sure.data = False
        return found

    def given(self) -> Given:
        """The checked values."""
        writer = Writer(
            self.name.data or "", self.email.data or "", self.street.data or "", self.postcode.data or ""
        )
        return Given(writer, self.subject.data or "", self.body.data or "")
