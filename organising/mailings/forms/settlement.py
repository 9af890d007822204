"""What becomes of an uncertain message."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length


class SettlementForm(FlaskForm):
    """What a person decides about one uncertain message."""

    decision = HiddenField(validators=[DataRequired()])
    evidence = StringField(_l("How do you know?"), [Length(max=500)])
