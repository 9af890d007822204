"""The audit log's filters: they stand in the address, so there is nothing to protect and nothing to save."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField
from wtforms.validators import Optional

from ..platform.audit_words import in_words
from ..platform.form_parts import DayField, add_error, choices
from .audit_queries import ITSELF, AuditFilter


class AuditFilterForm(Form):
    """Kind, person and days. What is none of the choices counts as nothing."""

    action = SelectField(_l("What"), validate_choice=False)
    who = SelectField(_l("Who"), validate_choice=False)
    from_on = DayField(_l("From"), name="from", validators=[Optional()])
    to_on = DayField(_l("To"), name="to", validators=[Optional()])

    def offer(self, actions: Iterable[str], names: Mapping[UUID, str]) -> None:
        """Fill the choices: the kinds that the log holds, and who is or was there."""
        kinds = sorted(((action, in_words(action)) for action in actions), key=lambda pair: pair[1])
        people = sorted(
            ((str(person), name) for person, name in names.items()), key=lambda pair: pair[1].casefold()
        )
        for field, known in (
            (self.action, choices(kinds, _("Everything"))),
            (self.who, choices([(ITSELF, _("Organising itself")), *people], _("Everybody"))),
        ):
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""

    def check(self) -> bool:
        """Validate, the days in their order too."""
        valid = self.validate()
        if self.from_on.data and self.to_on.data and self.to_on.data < self.from_on.data:
            add_error(self.to_on, _("The last day is before the first."))
            return False
        return valid

    def filters(self) -> AuditFilter:
        """What the form asks for; a day that is none narrows nothing."""
        chosen = self.who.data
        who = chosen if chosen == ITSELF else UUID(chosen) if chosen else None
        return AuditFilter(self.action.data or "", who, self.from_on.data, self.to_on.data)

    def address(self) -> dict[str, str]:
        """The filters as they stand in an address."""
        given = {
            "action": self.action.data,
            "who": self.who.data,
            "from": self.from_on.data,
            "to": self.to_on.data,
        }
        return {name: str(value) for name, value in given.items() if value}
