"""Forms of calendars."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from organising.organisations.queries import list_units_in_reach
from organising.platform.actor import Actor
from organising.platform.forms import Form

from .models import FeedKind
from .services import LONGEST_LABEL


class FeedForm(Form):
    """A new feed: of what, and what it is called on the list."""

    scope = RadioField(_l("Which actions?"), [InputRequired(_l("Choose which actions."))])
    label = StringField(
        _l("Where will you use it?"),
        [InputRequired(_l("Give it a name.")), Length(max=LONGEST_LABEL)],
        filters=[lambda value: value.strip() if value else value],
    )

    def offer(self, actor: Actor, campaign: str) -> None:
        """The scopes that this actor may choose from: a unit's is written ``unit:`` and its id."""
        units = [(f"unit:{one.unit.id}", one.unit.name) for one in list_units_in_reach(actor)]
        self.scope.choices = [
            (FeedKind.CAMPAIGN.value, _("All partners’ actions in %(campaign)s", campaign=campaign)),
            (FeedKind.ORGANISATION.value, _("All of %(name)s’s actions", name=actor.organisation_name)),
            *units,
        ]

    def chosen(self) -> tuple[str, UUID | None]:
        """Kind and unit."""
        kind, _colon, unit = (self.scope.data or "").partition(":")
        return kind, UUID(unit) if unit else None
