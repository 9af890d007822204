"""In whose names a mailing speaks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import DataRequired

from organising.mailings.services.signatories import SHORTEST_WINDOW, WINDOWS
from organising.platform.form_parts import Boxes


class NamesForm(FlaskForm):
    """Which partners are asked for their name, and how long they have to answer."""

    organisations = Boxes(_l("Ask for their name"))
    hours = RadioField(_l("How long have they to answer?"), [DataRequired()])

    def offer(self, organisations: Iterable[tuple[UUID, str]], *, may_hurry: bool) -> None:
        """Fill in the partners that may be named, and the times; the shortest only where ``may_hurry``."""
        self.organisations.choices = [(str(one), name) for one, name in organisations]
        self.hours.choices = [
            (str(hours), _days(hours)) for hours in ((SHORTEST_WINDOW,) if may_hurry else ()) + WINDOWS
        ]

    def show(self, chosen: Sequence[UUID], hours: int) -> None:
        """Fill in what was chosen before."""
        self.organisations.data = [str(one) for one in chosen]
        self.hours.data = str(hours)

    @property
    def chosen(self) -> list[UUID]:
        """The partners ticked."""
        return [UUID(one) for one in self.organisations.data or []]


def _days(hours: int) -> str:
    return {
        SHORTEST_WINDOW: _("Two hours, for lines agreed to in advance"),
        24: _("One day"),
        48: _("Two days"),
        72: _("Three days"),
        168: _("A week"),
    }[hours]
