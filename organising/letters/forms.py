"""The public's postcode and letter, and what staff write about an action."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from organising.mailings.content import in_one_line
from organising.organisations.queries import list_open_asks
from organising.platform.forms import Form, PublicForm, parsed
from organising.pledges.canonical import folded, parse_email, parse_postcode

from .cautions import find_cautions
from .content import Writer, plain_text
from .services.actions import ActionWords
from .services.writing import Given
from .texts import LONGEST_BODY, SHORTEST_BODY

__all__ = ["ActionForm", "AnswerForm", "LetterForm", "PostcodeForm"]

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


class ActionForm(Form):
    """What people are asked to write about."""

    title = StringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=120)])
    slug = StringField(
        _l("Short address"), [InputRequired(_l("Give it a short address.")), Length(min=2, max=60)]
    )
    ask_id = SelectField(_l("Ask"), [Optional()])
    standfirst = TextAreaField(
        _l("Introduction"),
        [InputRequired(_l("Say in two or three sentences what this is about.")), Length(max=1000)],
    )
    prompts = TextAreaField(
        _l("Questions to write by"),
        [InputRequired(_l("Write at least one question.")), Length(max=2000)],
    )
    subject = StringField(_l("Suggested subject"), [InputRequired(_l("Suggest a subject.")), Length(max=150)])

    def offer(self, campaign_id: UUID | None) -> None:
        """Fill in the campaign's asks."""
        asks = [(str(ask.id), f"{ask.code}: {ask.wording}") for ask in list_open_asks(campaign_id)]
        self.ask_id.choices = [("", _("None in particular")), *asks]

    def words(self) -> ActionWords:
        """What was written."""
        return ActionWords(
            slug=(self.slug.data or "").strip().lower(),
            title=in_one_line(self.title.data or ""),
            standfirst=plain_text(self.standfirst.data or ""),
            prompts=plain_text(self.prompts.data or ""),
            subject=in_one_line(self.subject.data or ""),
            ask_id=UUID(self.ask_id.data) if self.ask_id.data else None,
        )


class AnswerForm(Form):
    """What an MP answered, taken down to be passed on."""

    holding_id = SelectField(_l("Whose answer it is"), [InputRequired(_l("Choose the MP."))])
    answer = TextAreaField(
        _l("The answer"), [InputRequired(_l("Copy what the MP answered.")), Length(max=20_000)]
    )
    sure = BooleanField(
        _l("It holds nothing about any one person"), [InputRequired(_l("Read it once more, and say so."))]
    )

    def offer(self, members: Sequence[tuple[UUID, str]]) -> None:
        """Fill in the MPs to whom letters have left."""
        self.holding_id.choices = [("", _("Choose")), *((str(one), name) for one, name in members)]
