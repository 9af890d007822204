"""The public's forms: three fields to sign, and what may be said after."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from ..platform.forms import Form, PublicForm, parsed
from .canonical import folded, parse_email, parse_postcode
from .mail_domains import domain_of, is_thrown_away
from .models import Sector
from .queries import Question, SigningPage
from .services.afterwards import More
from .services.answers import LONGEST_ANSWER
from .services.signing import Signature


class SigningForm(PublicForm):
    """Name, email, postcode, and at most two boxes, unticked."""

    salt = "pledges.shown"

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=200)])
    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )
    postcode = StringField(
        _l("Postcode"), [InputRequired(_l("Enter your postcode.")), Length(max=12), parsed(parse_postcode)]
    )
    seen = HiddenField()
    updates = BooleanField()
    lead_updates = BooleanField()

    def validate_name(self, field: Any) -> None:
        check_name(field)

    def validate_email(self, field: Any) -> None:
        check_lasting(field)

    def signature(self, page: SigningPage) -> Signature:
        """The checked values."""
        ticked = {page.collector.id} if self.updates.data else set()
        if self.lead_updates.data:
            ticked.add(page.lead.id)
        return Signature(
            self.name.data or "", self.email.data or "", self.postcode.data or "", frozenset(ticked)
        )


class AgainForm(Form):
    """The address to which the mail is to go once more."""

    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )


class MoreForm(Form):
    """Asked after signing, and free to leave; :meth:`about` adds a drive's own questions."""

    sector = RadioField(_l("Where do you work?"), [Optional()])
    job = StringField(_l("Your role"), [Optional(), Length(max=120)])
    workplace = StringField(_l("Your workplace"), [Optional(), Length(max=160)])
    public_name = BooleanField()

    @classmethod
    def about(cls, sectors: Mapping[str, str], questions: Sequence[Question], **before: Any) -> "MoreForm":
        """The form with these sectors, a field ``q_`` for each question, and what was said before (choices in English)."""
        made: MoreForm = type("MoreForm", (cls,), {_field_of(one): _asking(one) for one in questions})(
            **before
        )
        made.sector.choices = list(sectors.items())
        return made

    def more(self) -> More:
        """The checked values."""
        return More(
            Sector(self.sector.data) if self.sector.data else None,
            _one_line(self.job.data),
            _one_line(self.workplace.data),
            bool(self.public_name.data),
        )

    def answers(self, questions: Sequence[Question]) -> dict[UUID, str]:
        """The answers, by question."""
        return {question.id: self[_field_of(question)].data or "" for question in questions}


def _field_of(question: Question) -> str:
    return f"q_{question.id.hex}"


def answered_before(questions: Sequence[Question], answers: Mapping[UUID, str]) -> dict[str, str]:
    """What was answered, by field."""
    return {_field_of(question): answers.get(question.id, "") for question in questions}


def _asking(question: Question) -> Any:
    if not question.is_choice:
        return StringField(question.label, [Optional(), Length(max=LONGEST_ANSWER)])
    pairs = zip(question.english_choices, question.choices, strict=True)
    return RadioField(
        question.label, [Optional()], choices=[SelectChoice(value, label) for value, label in pairs]
    )


class CorrectionForm(Form):
    """What was given at signing; the address is asked for only where it changes."""

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=200)])
    postcode = StringField(
        _l("Postcode"), [InputRequired(_l("Enter your postcode.")), Length(max=12), parsed(parse_postcode)]
    )
    email = StringField(_l("New email address"), [Optional(), Length(max=254), parsed(parse_email)])

    def validate_name(self, field: Any) -> None:
        check_name(field)

    def validate_email(self, field: Any) -> None:
        check_lasting(field)


def check_lasting(field: Any) -> None:
    """An address that its owner still has tomorrow: by it alone they can confirm, correct and withdraw."""
    if field.data and is_thrown_away(field.data):
        raise ValidationError(
            _(
                "Addresses at %(domain)s soon end or can be read by anyone, says a public list. Use one that you keep, "
                "or one that forwards to it: with it alone can you take your signature back.",
                domain=domain_of(field.data),
            )
        )


def check_name(field: Any) -> None:
    """Single spaces, and something that can be read."""
    field.data = " ".join(field.data.split())
    if not folded(field.data):
        raise ValidationError(_("Enter your name."))


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
