"""What forms share: messages as plain text, a button alone, and the public's, who are told when a program seems to write."""

import time
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, ClassVar

from babel.support import NullTranslations, Translations
from flask import current_app
from flask_babel import get_locale, get_translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import HiddenField, StringField
from wtforms.i18n import messages_path
from wtforms.validators import StopValidation

from .forgery import asks_token, comes_from_elsewhere

__all__ = ["Form", "PlainForm", "PublicForm", "parsed"]

# Nobody reads a page and fills its fields faster; a program does. Asked again, a person loses nothing.
FASTEST_SECONDS = 2
STALE_SECONDS = 24 * 3600


class _Words:
    """What WTForms says by itself: in our own words where the catalogue has them, else in its own."""

    def gettext(self, message: str) -> str:
        ours = str(get_translations().ugettext(message))
        return ours if ours != message else str(_of_wtforms(str(get_locale())).ugettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        ours = str(get_translations().ungettext(singular, plural, number))
        if ours not in (singular, plural):
            return ours
        return str(_of_wtforms(str(get_locale())).ungettext(singular, plural, number))


@cache
def _of_wtforms(language: str) -> NullTranslations:
    """WTForms' own catalogue, read once a process: Flask-WTF reads the file again at each request."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class Form(FlaskForm):
    """Messages as plain text once checked: a lazy translation is not taken for a string by every template test.

    ``summary_title`` heads what is wrong with it, where that is nothing to put right.
    """

    summary_title: str | None = None

    class Meta(FlaskForm.Meta):
        @cached_property
        def csrf(self) -> bool:
            """A token, where one is asked for at all and the view has not said that it needs none."""
            return bool(super().csrf) and asks_token()

        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for field in self:
            field.errors = [str(message) for message in field.errors]
        return bool(valid)


class PlainForm(FlaskForm):
    """A button: nothing but the token against forged requests."""


class PublicForm(Form):
    """A form that anyone may fill in. ``website`` is for programs: people don't see it.

    ``salt`` keeps the signed moment of one kind of form from standing for another's.
    """

    salt: ClassVar[str]

    website = StringField(_l("Leave this empty"))
    shown = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Only a form that is right in itself is told that it came too quickly or too late."""
        if not super().validate(extra_validators):
            return False
        age = self._age()
        if comes_from_elsewhere():
            self.form_errors.append(_("This was sent from another site. Press the button again."))
        elif age is None or age > STALE_SECONDS:
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
        self.shown.data = self.shown_token()

    @classmethod
    def shown_token(cls, at: float | None = None) -> str:
        """The signed moment at which such a form was shown, in seconds since the epoch."""
        return cls._serializer().dumps(round(time.time() if at is None else at, 3))

    def _age(self) -> float | None:
        try:
            return time.time() - float(self._serializer().loads(self.shown.data or ""))
        except (BadSignature, TypeError, ValueError):
            return None

    @classmethod
    def _serializer(cls) -> URLSafeSerializer:
        return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=cls.salt)


def parsed(parse: Callable[[str], str]) -> Callable[[Any, Any], None]:
    """A validator that keeps what ``parse`` makes of the field; the message is that of its ``ValueError``."""

    def check(form: Any, field: Any) -> None:
        try:
            field.data = parse(field.data)
        except ValueError as error:
            raise StopValidation(str(error)) from None

    return check
