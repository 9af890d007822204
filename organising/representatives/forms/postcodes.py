"""What people type to find who represents a place. Both stand in the address, so there is nothing to protect."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


class PostcodeForm(Form):
    """A postcode."""

    q = StringField(_l("Postcode"))


class ConstituencyForm(Form):
    """A constituency by name, for whoever has no postcode that answers."""

    constituency = SelectField(_l("Constituency"), coerce=_id, validate_choice=False)

    def offer(self, constituencies: Sequence[tuple[UUID, str]]) -> None:
        """The constituencies in force."""
        self.constituency.choices = [("", _("Choose a constituency")), *constituencies]
