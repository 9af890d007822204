"""Moments as people type them: days and times of London's clock."""

from datetime import UTC

from flask_babel import gettext as _
from wtforms import DateTimeLocalField

from .clock import LONDON

MINUTES = "%Y-%m-%dT%H:%M"
FORMATS = (MINUTES, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


class MomentField(DateTimeLocalField):
    """A day and time as London's clock shows it. What is none says so, and stays as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; raises ``ValueError`` with words for the person who typed it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such time. Write it as 2026-12-31T09:00.")) from None


class InstantField(MomentField):
    """The same, kept as an instant. Of the hour that comes twice in October, the first is meant."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; an hour that the clocks skip in March is none."""
        super().process_formdata(valuelist)
        if self.data is None:
            return
        instant = self.data.replace(tzinfo=LONDON).astimezone(UTC)
        if instant.astimezone(LONDON).replace(tzinfo=None) != self.data:
            raise ValueError(_("The clocks go forward then: there is no such time. Choose an hour later."))
        self.data = instant

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(LONDON).strftime(MINUTES) if self.data else ""
