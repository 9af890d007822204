"""Asking for sign-off, and signing off."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError


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
