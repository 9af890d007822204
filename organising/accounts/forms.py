"""Forms of the door and of one's own account."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from ..platform.errors import Invalid
from ..platform.forms import Form
from .services import KNOWN_PASSWORD, check_password_strength


def _trim(text: str | None) -> str | None:
    return text.strip() if text else text


def good_password(_form: FlaskForm, field: Any) -> None:
    """A new password: long enough, and not the one that everybody knows."""
    try:
        check_password_strength(field.data or "")
    except Invalid as error:
        raise ValidationError(error.message) from None
    if field.data == KNOWN_PASSWORD:
        raise ValidationError(_("That password is printed in the manual. Choose another one."))


# Of a code from the phone; one that is longer is a recovery code.
CODE_DIGITS = 6


class SignInForm(Form):
    """Address and password, and where to go afterwards."""

    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Enter your email address.")), Length(max=320)],
        filters=[_trim],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Keep me signed in on this device for 30 days"))
    next = HiddenField()


class ResetForm(Form):
    """Whose password is to be reset."""

    email = EmailField(
        _l("Email address"),
        [
            DataRequired(_l("Enter your email address.")),
            Email(_l("That is no email address.")),
            Length(max=320),
        ],
        filters=[_trim],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class OfficerLinkForm(ResetForm):
    """Which officer wants to sign in."""


class OfficerCodeForm(Form):
    """The six digits of the mail."""

    code = StringField(
        _l("Code from the mail"),
        [DataRequired(_l("Enter the six digits of the mail.")), Length(max=20)],
        filters=[_trim],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class NewPasswordForm(Form):
    """A new password, typed once: a person who mistypes it asks for another link."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), good_password],
        description=_l("At least 12 characters. Three or four words that don’t belong together do well."),
        render_kw={"autocomplete": "new-password"},
    )


class CodeForm(Form):
    """Six digits from the phone, or a recovery code in their place."""

    code = StringField(
        _l("Code from your phone"),
        [Length(max=20)],
        filters=[_trim],
        description=_l("Six digits, as your authenticator app shows them now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    recovery = StringField(
        _l("Recovery code"),
        [Length(max=40)],
        filters=[_trim],
        description=_l("One of the ten that you kept. Each works once."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A recovery code that stands in the first field is taken for what it is."""
        if len(re.sub(r"[\s-]", "", self.code.data or "")) > CODE_DIGITS and not self.recovery.data:
            self.recovery.data, self.code.data = self.code.data, ""
        return bool(super().validate(extra_validators))

    def validate_code(self, field: Any) -> None:
        """One of the two has to be there."""
        if not field.data and not self.recovery.data:
            raise ValidationError(_("Enter the code from your phone, or a recovery code."))


class ConfirmForm(Form):
    """The first code, which shows that the phone took the key in."""

    code = StringField(
        _l("Code from your phone"),
        [DataRequired(_l("Enter the six digits that your phone shows now.")), Length(max=20)],
        filters=[_trim],
        description=_l("Six digits. They change every half minute."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class PresentPasswordForm(Form):
    """The present password proves who is at the keyboard."""

    present = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Enter your present password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class ChangePasswordForm(NewPasswordForm, PresentPasswordForm):
    """Another password, by whoever knows the present one."""


class ProofForm(CodeForm, PresentPasswordForm):
    """Password and code: for what only the owner may do."""


class NameForm(Form):
    """The name that colleagues see, and partners on what one writes."""

    display_name = StringField(
        _l("Your name"),
        [DataRequired(_l("Enter your name.")), Length(max=120)],
        filters=[_trim],
        description=_l("Colleagues see it, and partners see it beside what you share with the coalition."),
        render_kw={"autocomplete": "name"},
    )


class JoinForm(NewPasswordForm, NameForm):
    """A new person accepts an invitation."""


class JoinAsOfficerForm(NameForm):
    """A new branch officer accepts: a password is theirs to choose or to leave."""

    password = PasswordField(
        _l("Password"),
        [Optional(), good_password],
        description=_l("Leave it empty, and each sign-in is by a link that is mailed to you."),
        render_kw={"autocomplete": "new-password"},
    )


class ThemeForm(Form):
    """Light, dark, or as the device says."""

    theme = RadioField(
        _l("Light or dark"),
        choices=[
            SelectChoice("system", _l("As my device says")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
        default="system",
    )
