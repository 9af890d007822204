"""Whom a mailing goes to."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Form, SearchField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import DataRequired, Length

from organising.lobbying.queries.grid import DISPUTED, NONE
from organising.lobbying.queries.segments import list_segments
from organising.lobbying.words import POSITIONS, TARGET_KINDS
from organising.mailings.queries import AudienceCriteria, list_bodies, list_kinds_in_office
from organising.mailings.services.audience import QUIET_DAYS
from organising.mailings.words import CONTACTED, PROMISE
from organising.organisations.queries import list_campaign_organisations, list_open_asks
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.representatives.models import OfficeKind
from organising.representatives.queries import list_parties, list_regions

LONGEST_LIST = 50_000


class AudienceFilter(Form):
    """Finding representatives; it stands in the address, so there is nothing to save."""

    q = SearchField(_l("Name or constituency"))
    kind = SelectField(_l("Office"), validate_choice=False)
    party = SelectField(_l("Party"), validate_choice=False)
    region = SelectField(_l("Region"), validate_choice=False)
    body = SelectField(_l("Committee or group"), validate_choice=False)
    lead = SelectField(_l("Leads on them"), validate_choice=False)
    ask = SelectField(_l("Ask"), validate_choice=False)
    position = SelectField(_l("Position on the ask"), validate_choice=False)
    promise = SelectField(_l("Promise on the ask"), validate_choice=False)
    contacted = SelectField(_l("Last contacted"), validate_choice=False)
    day = DateField(_l("Day"))
    segment = SelectField(_l("Saved segment"), validate_choice=False)

    @classmethod
    def showing(cls, actor: Actor, criteria: AudienceCriteria) -> "AudienceFilter":
        """The filters with what they can be set to, set to the criteria. A choice that is gone stays, and finds nobody."""
        form = cls()
        for field in form:
            field.data = criteria.on if field is form.day else getattr(criteria, field.name)
        form._offer(actor)
        return form

    def _offer(self, actor: Actor) -> None:
        there = list_kinds_in_office() | {"mp", "peer"}
        kinds = ((kind, words) for kind, words in TARGET_KINDS.items() if kind in there and _writable(kind))
        self.kind.choices = [*_choices(kinds), SelectChoice("", _("Any office"))]
        parties = ((party.key, f"{party.name} ({number})") for party, number in list_parties(on=today()))
        self.party.choices = _choices(parties, _("Any party"))
        self.region.choices = _choices(((one, one) for one in list_regions()), _("Anywhere"))
        self.body.choices = _choices(((key, name) for key, _kind, name in list_bodies()), _("Any, or none"))
        partners = ((one.id, one.short_name) for one in list_campaign_organisations(actor.campaign_id))
        self.lead.choices = _choices([(NONE, _("Nobody yet")), *partners], _("Anyone or nobody"))
        asks = ((one.id, one.code) for one in list_open_asks(actor.campaign_id))
        self.ask.choices = _choices(asks, _("No ask"))
        self.position.choices = _choices([*POSITIONS.items(), (DISPUTED, _("Disputed"))], _("Any"))
        self.promise.choices = _choices(PROMISE.items(), _("Any, or none"))
        self.contacted.choices = _choices(CONTACTED.items(), _("At any time, or never"))
        self.segment.choices = _choices(((one.id, one.name) for one in list_segments(actor)), _("None"))
        for field in self:
            if isinstance(field, SelectField) and field.data not in [
                one.value for one in field.choices or [] if isinstance(one, SelectChoice)
            ]:
                field.choices = [*(field.choices or []), SelectChoice(field.data, _("Gone"))]

    def check(self) -> bool:
        """Whether the criteria make sense together; what does not is said beside its field."""
        if self.position.data and not self.ask.data:
            self.ask.errors = [_("Choose the ask that the position is on.")]
        if self.contacted.data in ("before", "since") and self.day.data is None:
            self.day.errors = [_("Choose the day.")]
        return not self.errors

    @property
    def is_open(self) -> bool:
        """Whether a filter behind the fold is in use."""
        folded = (self.region, self.body, self.lead, self.ask, self.position, self.promise, self.contacted)
        return any(field.data for field in folded) or bool(self.errors)


class SparingForm(FlaskForm):
    """Who of those chosen is spared."""

    spares_pressed = BooleanField(_l("Leave out whoever has had as much mail as the campaign allows"))
    quiet_days = SelectField(
        _l("Leave out whoever was written to"), coerce=lambda given: int(given) if given else None
    )

    def offer(self) -> None:
        """Fill in the choices."""
        self.quiet_days.choices = [
            ("", _("At any time: leave nobody out for it")),
            *((days, _("In the last %(days)s days", days=days)) for days in QUIET_DAYS),
        ]


class PastedListForm(FlaskForm):
    """Names, constituencies, email addresses or ids, one a line."""

    lines = TextAreaField(_l("One a line"), [DataRequired(), Length(max=LONGEST_LIST)])


def _writable(kind: str) -> bool:
    return kind in list(OfficeKind) and kind != OfficeKind.CANDIDATE


def _choices(pairs: Iterable[tuple[object, object]], empty: object = None) -> list[SelectChoice]:
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(str(value), label) for value, label in pairs]
