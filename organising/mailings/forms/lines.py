"""Lines that partners agree on in advance."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from organising.mailings.models import LONGEST_LINE


class LineForm(FlaskForm):
    """A new line."""

    words = TextAreaField(_l("The line"), [DataRequired(), Length(max=LONGEST_LINE)])
