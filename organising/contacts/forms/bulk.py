"""What to do with all that a list found, or with those that were ticked."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from ...organisations.queries import UnitInTree
from ...platform.db import new_id
from ...platform.form_parts import Confirming, choices
from ...platform.given import as_id
from ..models import BulkDeed
from ..services.bulk import MOST_TICKED, Wish
from ..services.searching import Filters
from ..words import BULK_DEEDS
from .contacts import INDENT, plain


class ChangeForm(Confirming):
    """The deed, and with what. The list's filters go with it in the address or hidden."""

    submission_key = HiddenField()
    expected = HiddenField()
    deed = SelectField(_l("What to do"), validate_choice=False)
    new_tag = StringField(_l("Tag"), filters=[plain])
    new_unit = SelectField(_l("Branch or group"), validate_choice=False)
    new_colleague = SelectField(_l("Who looks after them"), validate_choice=False)

    def offer(self, units: Sequence[UnitInTree] | None, colleagues: Sequence[tuple[UUID, str]]) -> None:
        """Fill the choices; ``units`` None: the actor assigns to none."""
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())
        deeds = {one: word for one, word in BULK_DEEDS.items() if units is not None or one != BulkDeed.UNIT}
        self.deed.choices = choices(deeds.items())
        named = ((str(one.unit.id), INDENT * one.depth + one.unit.name) for one in units or ())
        self.new_unit.choices = choices(named, _("The whole organisation"))
        self.new_colleague.choices = choices(
            ((str(user_id), name) for user_id, name in colleagues), _("Nobody")
        )
        if units is None:
            del self.new_unit

    def wish(self, filters: Filters, ticked: Sequence[str]) -> Wish:
        """What was chosen, for the services to judge."""
        target = self._fields.get("new_unit") if self.deed.data == BulkDeed.UNIT else self.new_colleague
        ids = tuple(found for one in ticked[:MOST_TICKED] if (found := as_id(one)))
        # Something that is no id is nobody's, not "nobody".
        given = (target.data or "") if target is not None else ""
        return Wish(
            filters=filters,
            deed=self.deed.data or "",
            tag=self.new_tag.data or "",
            target_id=(as_id(given) or UUID(int=0)) if given else None,
            ticked=ids or ((UUID(int=0),) if ticked else ()),
        )

    def expected_numbers(self) -> tuple[int, int]:
        """How many were meant and changed when the page was shown."""
        meant, _dot, changing = (self.expected.data or "").partition(".")
        return (int(meant), int(changing)) if meant.isdecimal() and changing.isdecimal() else (-1, -1)
