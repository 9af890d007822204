"""What people fill in about parliamentary items."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SearchField, SelectField

from organising.lobbying.forms.parts import Confirming, as_id, ask_choices, choices
from organising.lobbying.models import Stance
from organising.lobbying.queries.acts import ItemFilters
from organising.lobbying.words import ITEM_KINDS, STANCES
from organising.organisations.models import Ask

LONGEST_SEARCH = 100


class TieForm(Confirming):
    """Which ask an item concerns, and what it means for it."""

    ask_id = SelectField(_l("Which ask does it concern?"), validate_choice=False)
    stance = RadioField(
        _l("Signing it, or voting aye, is"),
        choices=choices(STANCES.items()),
        default=Stance.FOR,
        validate_choice=False,
    )

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the asks."""
        self.ask_id.choices = ask_choices(asks, _("Choose an ask"))


class ItemFilter(Form):
    """The list's filters: they stand in the address."""

    q = SearchField(_l("Words"))
    kind = SelectField(_l("Kind"), validate_choice=False)
    tied = SelectField(_l("Tied to an ask"), validate_choice=False)
    ask = SelectField(_l("Ask"), validate_choice=False)

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices; one that is no longer there counts as none."""
        offered = (
            (self.kind, choices(ITEM_KINDS.items(), _("Any kind"))),
            (self.tied, choices((("yes", _("Yes")), ("no", _("Not yet"))), _("Either"))),
            (self.ask, choices(((str(one.id), one.code) for one in asks), _("Any ask"))),
        )
        for field, known in offered:
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""

    def filters(self) -> ItemFilters:
        """What was chosen."""
        return ItemFilters(
            kind=self.kind.data,
            tied=self.tied.data,
            ask_id=as_id(self.ask.data),
            text=(self.q.data or "").strip()[:LONGEST_SEARCH],
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return any(field.data for field in self)
