"""The public's three fields, and the coordinator's."""

import time
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from .canonical import folded, parse_email, parse_postcode
from .queries import SigningPage
from .services.signing import Signature

# Nobody reads the page and fills three fields faster; a program does. Asked again, a person loses nothing.
FASTEST_SECONDS = 2
STALE_SECONDS = 24 * 3600


class Form(FlaskForm):
    """Messages as plain text once checked: a lazy translation is not taken for a string by every template test."""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for field in self:
            field.errors = [str(message) for message in field.errors]
        return bool(valid)


class SigningForm(Form):
    """Name, email, postcode, and at most two boxes, unticked. ``website`` is for programs: people don't see it."""

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=200)])
    email = StringField(
        _l("Email address"), [InputRequired(_l("Enter your email address.")), Length(max=254)]
    )
    postcode = StringField(_l("Postcode"), [InputRequired(_l("Enter your postcode.")), Length(max=12)])
    updates = BooleanField()
    lead_updates = BooleanField()
    website = StringField(_l("Leave this empty"))
    shown = HiddenField()

    def validate_name(self, field: Any) -> None:
        field.data = " ".join(field.data.split())
        if not folded(field.data):
            raise ValidationError(_("Enter your name."))

    def validate_email(self, field: Any) -> None:
        try:
            field.data = parse_email(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def validate_postcode(self, field: Any) -> None:
        try:
            field.data = parse_postcode(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def validate(self, extra_validators: Any = None) -> bool:
        """Only a form that is right in itself is told that it came too quickly or too late."""
        if not super().validate(extra_validators):
            return False
        age = _age(self.shown.data)
        if age is None or age > STALE_SECONDS:
            self.restart()
            self.form_errors.append(_("This page was open for a long time. Press the button again."))
        elif age < FASTEST_SECONDS:
            self.form_errors.append(_("That was very quick. Press the button again."))
        return not self.form_errors

    @property
    def is_trap_sprung(self) -> bool:
        """Whether the field that people don't see was filled in."""
        return bool(self.website.data)

    def restart(self) -> None:
        """Note in the form, signed, when it was shown."""
        self.shown.data = shown_token()

    def signature(self, page: SigningPage) -> Signature:
        """The checked values."""
        ticked = {page.collector.id} if self.updates.data else set()
        if self.lead_updates.data:
            ticked.add(page.lead.id)
        return Signature(
            self.name.data or "", self.email.data or "", self.postcode.data or "", frozenset(ticked)
        )


class SectorForm(Form):
    """Asked after signing, and free to leave."""

    sector = RadioField(_l("Where do you work?"), [Optional()])


class PlainForm(FlaskForm):
    """A button: nothing but the token against forged requests."""


class DriveForm(Form):
    title = StringField(_l("Title"), [InputRequired(_l("Give the pledge a title.")), Length(max=120)])
    slug = StringField(
        _l("Short address"), [InputRequired(_l("Give the pledge a short address.")), Length(min=2, max=60)]
    )
    standfirst = TextAreaField(
        _l("Introduction"), [InputRequired(_l("Say in a sentence or two what this is.")), Length(max=500)]
    )
    wording = TextAreaField(
        _l("What people sign"), [InputRequired(_l("Write what people sign.")), Length(max=5000)]
    )
    goal = IntegerField(
        _l("Goal"),
        [Optional(), NumberRange(1, 100_000_000, _l("Enter a whole number of people, or leave it empty."))],
    )


def shown_token(at: float | None = None) -> str:
    """The signed moment at which a form was shown, in seconds since the epoch."""
    return _serializer().dumps(round(time.time() if at is None else at, 3))


def _age(token: str | None) -> float | None:
    try:
        return time.time() - float(_serializer().loads(token or ""))
    except (BadSignature, TypeError, ValueError):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="pledges.shown")
