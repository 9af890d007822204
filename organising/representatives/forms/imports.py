"""What a coordinator fills in to import files and to answer what an import asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, MultipleFileField, StringField
from wtforms.validators import DataRequired, Optional

from organising.representatives.models import GivenFile


class UploadForm(FlaskForm):
    """Files, and the day for which those without dates speak."""

    files = MultipleFileField(_l("Files"))
    as_of = DateField(_l("The day the files speak for"), validators=[Optional()])

    def given(self) -> list[GivenFile]:
        """The files that were sent; a browser sends one without a name where none was chosen."""
        return [
            GivenFile(one.filename.replace("\\", "/").rpartition("/")[2][:200], one.read())
            for one in self.files.data or ()
            if getattr(one, "filename", "")
        ]


class ApplyForm(FlaskForm):
    """Which comparison the person saw."""

    fingerprint = HiddenField(validators=[DataRequired()])


class AnswerForm(FlaskForm):
    """Who is meant: one of the candidates by button, or somebody found by name."""

    person_id = HiddenField()
    member = StringField(_l("Somebody else"))


class StepForm(FlaskForm):
    """Only the token."""
