"""Asking for sign-off, and signing off."""

from typing import Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from organising.mailings.models import Mailing
from organising.mailings.queries import lead_of, name_of
from organising.mailings.states import ON_TEXT


class AskForm(FlaskForm):
    """Whom to ask for sign-off."""

    reviewer = RadioField(_l("Who signs it off?"), [DataRequired()])

    @classmethod
    def of(cls, mailing: Mailing) -> Self:
        """The form for one mailing: a colleague, or whoever leads the campaign where that is another organisation."""
        form, lead = cls(), lead_of(mailing.campaign_id)
        own_name = name_of(mailing.organisation_id)
        form.reviewer.choices = [("own", _("A colleague at %(name)s", name=own_name))]
        if lead is not None and lead != mailing.organisation_id:
            form.reviewer.choices.append(
                ("lead", _("%(name)s, which leads the campaign", name=name_of(lead)))
            )
        return form


class DecisionForm(FlaskForm):
    """Sign-off of exactly what was shown: the content, and what colleagues had answered about it."""

    decision = HiddenField(validators=[DataRequired()])
    content_hash = HiddenField(validators=[DataRequired()])
    told_text = HiddenField()
    told_name = HiddenField()
    comment = TextAreaField(_l("Comment"), [Length(max=2000)])

    @property
    def told(self) -> str:
        """What the page told of the organisation's answer so far to what is answered now."""
        return (self.told_text if self.decision.data in ON_TEXT else self.told_name).data or ""

    @property
    def said(self) -> str:
        """The comment."""
        return str(self.comment.data or "")

    def validate_comment(self, field: TextAreaField) -> None:
        if self.decision.data == "decline" and not (field.data or "").strip():
            raise ValidationError(_("Say what should change."))
