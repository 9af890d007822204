"""What goes into and with letters: templates, files, and how they are signed."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from organising.mailings.models import SIGNATURE_LENGTH, TEMPLATE_NAME_LENGTH


class TemplateForm(FlaskForm):
    """A name for the text of a mailing."""

    name = StringField(_l("Name of the template"), [DataRequired(), Length(max=TEMPLATE_NAME_LENGTH)])


class AttachmentForm(FlaskForm):
    """A file that goes with every letter."""

    file = FileField(_l("File"), [FileRequired()])


class SignatureForm(FlaskForm):
    """What stands for ``{{ signature }}`` in every letter."""

    text = TextAreaField(_l("Signature"), [Length(max=SIGNATURE_LENGTH)])
