"""The form that takes one file."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class UploadForm(FlaskForm):
    """One file of any kind that can be kept."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
