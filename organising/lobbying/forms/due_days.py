"""By when: a choice of near days that needs no typing, or a day of one's own."""

from datetime import date, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import DayField, choices
from organising.platform.clock import today
from organising.platform.form_groups import Part

OTHER = "other"
NO_DAY = "none"
AHEAD = {
    "tomorrow": timedelta(days=1),
    "week": timedelta(weeks=1),
    "fortnight": timedelta(weeks=2),
    "month": timedelta(weeks=4),
}
WORDS = {
    "tomorrow": _l("Tomorrow"),
    "week": _l("In a week"),
    "fortnight": _l("In two weeks"),
    "month": _l("In four weeks"),
}


class DuePart(Part):
    """A part with a day: one of the near days, or the one that was typed."""

    when = SelectField(_l("By when?"), default="week", validate_choice=False)
    due_on = DayField(_l("Another day"), validators=[Optional()])

    def offer_days(self, *, or_none: bool = False) -> None:
        """Fill the choices; ``or_none``: it may have no day at all."""
        day = today()
        near: list[tuple[str, Any]] = [
            (name, f"{words}, {format_date(day + AHEAD[name], 'd MMMM')}") for name, words in WORDS.items()
        ]
        if or_none:
            near.insert(0, (NO_DAY, _("No day")))
        self.when.choices = choices([*near, (OTHER, _("Another day…"))])
        if self.due_on.raw_data and any(self.due_on.raw_data):
            self.when.data = OTHER

    @property
    def day(self) -> date | None:
        """The day that was typed, or else the near one that was chosen."""
        if self.due_on.data or self.when.data not in AHEAD:
            return self.due_on.data
        return today() + AHEAD[self.when.data]

    @property
    def is_own_day(self) -> bool:
        """Whether the day was typed, and is not one that was offered."""
        return self.due_on.data is not None
