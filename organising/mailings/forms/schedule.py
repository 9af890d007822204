"""What people fill in about when a mailing leaves."""

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, TimeField
from wtforms.validators import Optional

from organising.mailings.models import Mailing
from organising.mailings.schedule import Schedule
from organising.platform.clock import LONDON
from organising.platform.given import as_version
from organising.platform.moments import FORMATS, MomentField


class ClockField(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; raises ``ValueError`` with words for the person who typed it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such time of day. Write it as 09:00.")) from None


class ScheduleForm(FlaskForm):
    """When a mailing leaves. ``version`` tells whether someone else changed it meanwhile."""

    send_at = MomentField(_l("Not before"), [Optional()], format=list(FORMATS))
    window_from = ClockField(_l("Each day from"), [Optional()], format=["%H:%M", "%H:%M:%S"])
    window_until = ClockField(_l("until"), [Optional()], format=["%H:%M", "%H:%M:%S"])
    weekdays_only = BooleanField(_l("Not on Saturdays and Sundays"))
    per_hour = IntegerField(_l("At most so many an hour"), [Optional()])
    version = HiddenField()

    @classmethod
    def of(cls, mailing: Mailing) -> "ScheduleForm":
        """The form as a mailing stands."""
        form = cls(obj=mailing)
        if not form.is_submitted():
            if mailing.send_at is not None:
                form.send_at.data = mailing.send_at.astimezone(LONDON).replace(tzinfo=None)
            form.version.data = str(mailing.version)
        return form

    @property
    def shown(self) -> int:
        """The version that the form was opened with, or 0, which no mailing has."""
        return as_version(self.version.data)

    def schedule(self) -> Schedule:
        """What was chosen."""
        typed: datetime | None = self.send_at.data
        return Schedule(
            typed.replace(tzinfo=LONDON).astimezone(UTC) if typed else None,
            self.window_from.data,
            self.window_until.data,
            bool(self.weekdays_only.data),
            self.per_hour.data,
        )

    def show(self, wrong: dict[str, str]) -> None:
        """Put a service's reasons beside the fields they are about."""
        for name, reason in wrong.items():
            self[name].errors = [*self[name].errors, reason]
