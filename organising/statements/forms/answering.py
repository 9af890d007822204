"""What partners answer: a comment, what became of one, and the organisation's name."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from organising.platform.form_parts import add_error
from organising.platform.forms import Form
from organising.platform.given import paragraphs
from organising.statements.forms.writing import one_line
from organising.statements.models.comments import LONGEST_COMMENT
from organising.statements.models.sign_offs import LONGEST_COMMENT as LONGEST_ANSWER
from organising.statements.models.sign_offs import LONGEST_NAME
from organising.statements.services.consulting import Remark
from organising.statements.services.signing import Name
from organising.statements.states import Outcome


class CommentForm(Form):
    """A comment; or words of the text with those to put there."""

    body = TextAreaField(_l("Comment"), [Length(max=LONGEST_COMMENT)])
    quote = TextAreaField(_l("Words of the text"), [Length(max=LONGEST_COMMENT)])
    proposal = TextAreaField(_l("Put there instead"), [Length(max=LONGEST_COMMENT)])
    strike = BooleanField(_l("Strike them, with nothing instead"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Something is said, and words are proposed for words."""
        valid = super().validate(extra_validators)
        if not (self.body.data or "").strip() and not self._proposes():
            add_error(self.body, _("Write a comment, or propose words."))
            valid = False
        if self._proposes() and not (self.quote.data or "").strip():
            add_error(self.quote, _("Copy here the words that yours replace."))
            valid = False
        return valid

    def remark(self) -> Remark:
        """The checked values."""
        proposal = paragraphs(self.proposal.data) if self._proposes() else None
        return Remark(paragraphs(self.body.data), paragraphs(self.quote.data), proposal)

    def _proposes(self) -> bool:
        return bool(self.strike.data or (self.proposal.data or "").strip())


class ResolutionForm(Form):
    """What is done about a thread, with a line to whoever commented."""

    outcome = SelectField(choices=[str(one) for one in Outcome])
    words = StringField(_l("A line to whoever wrote it"), [Length(max=500)])

    def chosen(self) -> Outcome:
        """The checked outcome."""
        return Outcome(self.outcome.data)

    def line(self) -> str:
        """The line as it is kept."""
        return one_line(self.words.data)


class SignForm(Form):
    """The organisation's answer. ``digest``: of the text that stood above the form."""

    name = StringField(_l("Your organisation, as it is published"), [Length(max=LONGEST_NAME)])
    signatory = StringField(_l("Who signs"), [Length(max=LONGEST_NAME)])
    title = StringField(_l("Their title"), [Length(max=LONGEST_NAME)])
    comment = TextAreaField(_l("A line to the author"), [Length(max=LONGEST_ANSWER)])
    has_read = BooleanField(_l("I have read the text on this page, and may sign it for my organisation."))
    digest = HiddenField()

    def validate_to_sign(self) -> bool:
        """All that a signature needs."""
        valid = self.validate()
        for field, reason in (
            (self.name, _("Give the name that shall stand under it.")),
            (self.signatory, _("Say who signs: a name stands under the text.")),
            (self.has_read, _("Tick this once you have read it.")),
        ):
            if not field.data or (isinstance(field.data, str) and not field.data.strip()):
                add_error(field, reason)
                valid = False
        return valid

    def given(self, organisation: str = "") -> Name:
        """The checked values."""
        return Name(
            self.digest.data or "",
            one_line(self.name.data) or organisation,
            one_line(self.signatory.data),
            one_line(self.title.data),
            paragraphs(self.comment.data),
        )
