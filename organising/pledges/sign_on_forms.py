"""Signing as an organisation: what whoever asks writes, what whoever decides answers, and whom the coordinator invites."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from ..platform.form_parts import Boxes
from ..platform.forms import Form
from .drive_forms import one_line, paragraphs
from .models.sign_ons import LONGEST_NAME
from .services.sign_ons import SignOnGiven

LONGEST_NOTE = 2000


class SignOnForm(Form):
    """``version`` and ``text_hash``: the wording that stands above the form."""

    name = StringField(
        _l("Your organisation, as it shall be published"),
        [DataRequired(_l("Give the name that shall stand on the list.")), Length(max=LONGEST_NAME)],
    )
    signatory = StringField(_l("Who signs for it"), [Length(max=120)])
    signatory_role = StringField(_l("Their role"), [Length(max=120)])
    note = TextAreaField(_l("A note to your colleagues"), [Length(max=LONGEST_NOTE)])
    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    text_hash = HiddenField()

    def validate_signatory_role(self, field: Any) -> None:
        if field.data and not one_line(self.signatory.data):
            self.signatory.errors = [
                *self.signatory.errors,
                _l("A role alone says too little. Add the name."),
            ]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        return valid and not self.signatory.errors

    def given(self) -> SignOnGiven:
        """The checked values."""
        return SignOnGiven(
            one_line(self.name.data),
            self.version.data or 0,
            self.text_hash.data or "",
            one_line(self.signatory.data),
            one_line(self.signatory_role.data),
            paragraphs(self.note.data),
        )


class DecisionForm(Form):
    """``text_hash``: of the wording that whoever decides has before them."""

    answer = TextAreaField(_l("A line to whoever asked"), [Length(max=LONGEST_NOTE)])
    text_hash = HiddenField()

    def words(self) -> str:
        """The answer as it is kept."""
        return paragraphs(self.answer.data)


class InvitationForm(Form):
    """Partners to ask, by id."""

    organisations = Boxes(
        _l("Ask these partners to sign"), [DataRequired(_l("Choose at least one partner."))]
    )

    def offer(self, partners: Iterable[tuple[UUID, str]]) -> None:
        """Say which partners can be chosen: id and name."""
        self.organisations.choices = [(str(value), name) for value, name in partners]

    def chosen(self) -> list[UUID]:
        """The checked values."""
        return [UUID(one) for one in self.organisations.data or []]
