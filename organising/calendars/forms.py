"""Forms of calendars."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import UUID as AnyUuid
from wtforms.validators import InputRequired, Length, Optional

from organising.actions.services.planning import LONGEST
from organising.actions.words import KINDS
from organising.organisations.models import Organisation
from organising.organisations.queries import list_units_in_reach
from organising.platform.actor import Actor
from organising.platform.forms import Form

from .models import FeedKind
from .queries.days import Filters
from .services import LONGEST_LABEL


class CalendarForm(Form):
    """The filters of a calendar; they live in the address."""

    class Meta:
        csrf = False

    organisation = SelectField(_l("Organisation"), [Optional()])
    region = SelectField(_l("Region"), [Optional()])
    area = StringField(
        _l("Town or area"),
        [Length(max=LONGEST["area"])],
        filters=[lambda value: value.strip() if value else value],
    )
    kind = SelectField(_l("Kind"), [Optional()])
    # From the map: one constituency, exactly.
    seat = HiddenField(validators=[Optional(), AnyUuid()])

    def offer(self, partners: Sequence[Organisation], regions: Sequence[str]) -> None:
        """Fill the choices."""
        self.organisation.choices = [("", _("All partners"))] + [
            (str(one.id), one.short_name) for one in partners
        ]
        self.region.choices = [("", _("All regions"))] + [(one, one) for one in regions]
        self.kind.choices = [("", _("All kinds"))] + [
            (str(kind), str(words)) for kind, words in KINDS.items()
        ]

    def kept(self) -> dict[str, str]:
        """What was chosen, for the addresses of the page's links."""
        return {field.name: field.data for field in self if field.data and not field.errors}

    def filters(self) -> Filters:
        """The same as the reads take it."""
        chosen = self.kept()
        organisation, seat = chosen.get("organisation"), chosen.get("seat")
        return Filters(
            UUID(organisation) if organisation else None,
            chosen.get("kind"),
            chosen.get("region"),
            chosen.get("area"),
            UUID(seat) if seat else None,
        )


class FeedForm(Form):
    """A new feed: of what, and what it is called on the list."""

    scope = SelectField(_l("Which actions?"), [InputRequired(_l("Choose which actions."))])
    label = StringField(
        _l("Where will you use it?"),
        [InputRequired(_l("Give it a name.")), Length(max=LONGEST_LABEL)],
        filters=[lambda value: value.strip() if value else value],
    )

    def offer(self, actor: Actor, campaign: str) -> None:
        """The scopes that this actor may choose from: a unit's is written ``unit:`` and its id."""
        units = [(f"unit:{one.unit.id}", one.unit.name) for one in list_units_in_reach(actor)]
        self.scope.choices = [
            ("", _("Choose")),
            (FeedKind.CAMPAIGN.value, _("All partners’ actions in %(campaign)s", campaign=campaign)),
            (FeedKind.ORGANISATION.value, _("All of %(name)s’s actions", name=actor.organisation_name)),
            *units,
        ]

    def chosen(self) -> tuple[str, UUID | None]:
        """Kind and unit."""
        kind, _colon, unit = (self.scope.data or "").partition(":")
        return kind, UUID(unit) if unit else None
