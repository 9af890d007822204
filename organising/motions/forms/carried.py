"""What members narrow the list of bodies that carried to."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from organising.motions.forms.public import PublicBodiesForm
from organising.motions.queries import carried
from organising.organisations.models import Ask, Organisation
from organising.platform.form_parts import choices
from organising.platform.given import as_id


class BodiesForm(PublicBodiesForm):
    """For members also by ask and partner. ``seat``, in an address of the map, is kept as it is."""

    ask = SelectField(_l("Ask"), [Optional()])
    organisation = SelectField(_l("Partner"), [Optional()])

    @classmethod
    def of(
        cls, given: Any, asks: Sequence[Ask], partners: Sequence[Organisation], regions: Sequence[str]
    ) -> "BodiesForm":
        """As an address says it."""
        form = cls(formdata=given)
        form.offer(regions)
        form.ask.choices = choices(((ask.id, f"{ask.code} {ask.wording}") for ask in asks), _("All asks"))
        form.organisation.choices = choices(((one.id, one.short_name) for one in partners), _("All partners"))
        form.seat = as_id(given.get("seat"))
        return form

    seat: Any = None

    def filters(self) -> carried.Filters:
        """The chosen values."""
        return carried.Filters(
            self.chosen_forum,
            as_id(self.ask.data),
            as_id(self.organisation.data),
            self.chosen_region,
            self.seat,
        )

    def kept(self) -> dict[str, str]:
        """What of it stands in an address."""
        found = {name: self[name].data for name in ("forum", "region", "ask", "organisation")}
        return {name: value for name, value in found.items() if value}
