"""What people choose on the whip count: a chamber, and a cell of its tables."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import Form, SelectField

from organising.lobbying.forms.parts import choices
from organising.lobbying.queries.whip import STATES, Group
from organising.lobbying.words import STATES as STATE_WORDS
from organising.lobbying.words import TARGET_KINDS
from organising.representatives.models import OfficeKind

NONE = "none"


class WhipFilter(Form):
    """Which members to show. What the address names and there is not is left out, as if it were not said."""

    kind = SelectField(_l("Chamber"), default=OfficeKind.MP, validate_choice=False)
    position = SelectField(
        _l("Position"),
        choices=choices(((state, STATE_WORDS[state]) for state in STATES), _l("All positions")),
        default="",
        validate_choice=False,
    )
    party = SelectField(_l("Party"), default="", validate_choice=False)
    region = SelectField(_l("Region"), default="", validate_choice=False)

    def offer_kinds(self, kinds: Sequence[str]) -> None:
        """Chambers in which somebody sits."""
        self.kind.choices = choices(
            (kind, TARGET_KINDS[OfficeKind(kind)]) for kind in kinds or [OfficeKind.MP]
        )
        if self.kind.data not in (kinds or [OfficeKind.MP]):
            self.kind.data = OfficeKind.MP if OfficeKind.MP in kinds or not kinds else kinds[0]
        if self.position.data not in STATES:
            self.position.data = ""

    def offer_groups(self, parties: Iterable[Group], regions: Iterable[Group]) -> None:
        """The parties and regions of the members counted, with how many."""
        for field, groups, all_words, none_words in (
            (self.party, parties, _l("All parties"), _l("No party")),
            (self.region, regions, _l("All regions"), _l("No region")),
        ):
            named = [(one.key or NONE, _with_number(one, none_words)) for one in groups]
            field.choices = choices(named, all_words)
            if field.data not in [key for key, _words in named]:
                field.data = ""

    @property
    def cell(self) -> dict[str, str]:
        """The chosen cell, as ``WhipBoard.within`` takes it."""
        return {
            "state": self.position.data or "",
            "party": self.party.data or "",
            "region": self.region.data or "",
        }

    @property
    def address(self) -> dict[str, str]:
        """The choice as the address says it."""
        chosen = {"kind": self.kind.data, "position": self.position.data, "party": self.party.data,
                  "region": self.region.data}  # fmt: skip
        return {
            name: value
            for name, value in chosen.items()
            if value and (name, value) != ("kind", OfficeKind.MP)
        }


def _with_number(group: Group, none_words: object) -> str:
    number = ngettext("%(num)d member", "%(num)d members", group.total)
    return f"{group.name or none_words} ({number})"
