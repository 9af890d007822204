"""Forms of the retention page."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from ..platform.form_parts import DayField, choices
from ..platform.forms import Form
from ..platform.retention import RULES


class DaysForm(Form):
    """How long a rule waits."""

    days = IntegerField(_l("Days"), [InputRequired(_l("Give a number of days."))])


class HoldForm(Form):
    """What is held, why and until when."""

    rule = SelectField(_l("What is held"))
    reason = TextAreaField(
        _l("Why"),
        [DataRequired(_l("Say why: it overrides what people were promised.")), Length(max=1000)],
        description=_l("For example: a claim before a tribunal, with its number. Kept encrypted."),
    )
    until = DayField(_l("Until"), [InputRequired(_l("Choose the day on which it ends by itself."))])

    def offer(self) -> None:
        """The rules to choose from."""
        self.rule.choices = choices([(name, one.what) for name, one in RULES.items()], empty=_l("Everything"))
