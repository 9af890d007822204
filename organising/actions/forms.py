"""Forms of actions. Days and times are London's; the services take instants."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from organising.organisations.models import Organisation
from organising.organisations.queries import list_open_asks
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.errors import Invalid
from organising.platform.form_parts import Boxes
from organising.representatives.queries.postcodes import list_constituencies

from . import queries
from .models import MOST_COUNTED, Every
from .preparing_words import EVERY
from .services import Plan
from .services.planning import LONGEST
from .words import KINDS, STATES

MISSING = _l("Fill this in.")
WHOLE = ""
FOLLOWING = "following"
# What the hint beside the field says, so that nobody is surprised.
WITHOUT_END = timedelta(hours=1)


def stripped(value: str | None) -> str | None:
    """Text without white space around it; nothing stays nothing."""
    return value.strip() if value else value


class CountField(IntegerField):
    """A whole number from 0; thousands may be written with a comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed; an empty field is "not counted"."""
        typed = [value.replace(",", "").strip() for value in valuelist]
        if not typed or typed[0] == "":
            self.data = None
            return
        super().process_formdata(typed)


def count_field(label: Any, *validators: Any, description: Any = "") -> CountField:
    """A count from 0 to 100,000."""
    between = NumberRange(0, MOST_COUNTED, _l("Give a number from 0 to %(most)s.", most=f"{MOST_COUNTED:,}"))
    return CountField(label, validators=[*validators, between], description=description)


class VersionField(IntegerField):
    """The version of the action that the page showed, hidden; what can't be read is 0, which never was."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number, or 0."""
        self.data = int(valuelist[0]) if valuelist and valuelist[0].isdecimal() else 0


class WhatWhenWhere(FlaskForm):
    """What both a plan and a report of the past say about the action itself."""

    kind = SelectField(_l("What kind of action?"), validators=[InputRequired(MISSING)])
    day = DateField(_l("Day"), validators=[InputRequired(_l("Give the day."))])
    starts = TimeField(_l("Starts"), validators=[Optional()])
    ends = TimeField(_l("Ends"), validators=[Optional()])
    area = StringField(
        _l("Town or area"),
        filters=[stripped],
        validators=[DataRequired(_l("Give the town or area.")), Length(max=LONGEST["area"])],
    )
    unit = SelectField(_l("Branch or group"), validators=[Optional()])

    def offer(self, actor: Actor) -> None:
        """Fill the choices that depend on who asks."""
        self.kind.choices = [("", gettext("Choose"))] + [
            (str(kind), str(words)) for kind, words in KINDS.items()
        ]
        units = queries.list_own_units(actor)
        if actor.unit_id is not None:
            del self.unit
            return
        self.unit.choices = ([] if actor.subtree_id else [(WHOLE, gettext("The whole organisation"))]) + [
            (str(u.id), u.name) for u in units
        ]

    def times(self) -> tuple[datetime, datetime, bool]:
        """Start, end, and whether it's a day without times. Raises ``Invalid`` for an early end."""
        day: date = self.day.data  # type: ignore[assignment]
        start: time | None = self.starts.data
        end: time | None = self.ends.data
        if start is None and end is None:
            first = datetime.combine(day, time.min, LONDON)
            return first, datetime.combine(day + timedelta(days=1), time.min, LONDON), True
        if start is None:
            raise Invalid("", starts=gettext("Give the start too, or neither."))
        begins = datetime.combine(day, start, LONDON)
        if end is None:
            return begins, begins + WITHOUT_END, False
        if end <= start:
            raise Invalid("", ends=gettext("The end has to be after the start."))
        return begins, datetime.combine(day, end, LONDON), False

    def unit_id(self) -> UUID | None:
        """The unit chosen; ``None`` for the whole organisation, and for officers, whose unit is given."""
        field = self._fields.get("unit")
        return UUID(field.data) if field is not None and field.data else None

    def tell(self, refusal: Invalid) -> None:
        """Put a service's reasons beside the fields they are about."""
        named = False
        for name, reason in refusal.details.items():
            field = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, str(reason)]
                named = True
        if not named:
            self.form_errors.append(refusal.message)


class PlanForm(WhatWhenWhere):
    """A plan. Above the line what partners see, below it what stays in the organisation."""

    title = StringField(
        _l("Title"),
        filters=[stripped],
        validators=[DataRequired(_l("Give it a title.")), Length(max=LONGEST["title"])],
    )
    is_public = BooleanField(_l("Anyone may come"))
    asks = Boxes(
        _l("Which asks is it about?"),
        validators=[Optional()],
    )
    summary = TextAreaField(
        _l("What the public reads"), filters=[stripped], validators=[Length(max=LONGEST["summary"])]
    )
    place = StringField(_l("Public address"), filters=[stripped], validators=[Length(max=LONGEST["place"])])
    postcode = StringField(_l("Postcode"), filters=[stripped], validators=[Length(max=LONGEST["postcode"])])
    constituency = SelectField(_l("Constituency"), default="", validators=[Optional()])
    capacity = CountField(_l("How many it holds"), validators=[Optional()])
    venue = StringField(_l("Exact place"), filters=[stripped], validators=[Length(max=LONGEST["venue"])])
    notes = TextAreaField(_l("Notes for your own people"), validators=[Length(max=LONGEST["notes"])])
    lead = SelectField(_l("Who leads it?"), validators=[Optional()])
    template = HiddenField()
    like = HiddenField()
    repeat = SelectField(_l("Does it come again?"), default="", validate_choice=False)
    occurrences = IntegerField(_l("How many times in all?"), validators=[Optional()])
    follow = RadioField(_l("Change which of them?"), default="", validate_choice=False)
    version = VersionField()

    def offer(self, actor: Actor) -> None:
        """Fill the choices that depend on who asks."""
        super().offer(actor)
        self.asks.choices = [
            (str(ask.id), f"{ask.code} · {ask.wording}") for ask in list_open_asks(actor.campaign_id)
        ]
        self.repeat.choices = [("", gettext("No, once"))] + [
            (str(every), str(words)) for every, words in EVERY.items()
        ]
        self.follow.choices = [
            ("", gettext("Only this one")),
            (FOLLOWING, gettext("This one and all after it")),
        ]
        self.constituency.choices = [("", gettext("By the postcode"))] + [
            (str(area_id), name) for area_id, name in list_constituencies(on=today())
        ]
        colleagues = [u for u in queries.list_possible_leads(actor) if u.id != actor.user_id]
        self.lead.choices = [
            (str(actor.user_id), gettext("Me")),
            *((str(u.id), u.display_name) for u in colleagues),
        ]

    def keep_choices(self, record: queries.ActionRecord) -> None:
        """Offer what the action already has, though it could no longer be chosen anew."""
        _keep(self.asks, [(str(a.id), f"{a.code} · {a.wording}") for a in record.asks])
        _keep(self.constituency, [(str(one.area.id), one.area.name) for one in record.areas if one.is_chosen])
        if record.detail and record.detail.lead_user_id and record.lead_name:
            _keep(self.lead, [(str(record.detail.lead_user_id), record.lead_name)])

    def plan(self) -> Plan:
        """The plan as typed. Raises ``Invalid`` for times that don't fit together."""
        starts_at, ends_at, all_day = self.times()
        return Plan(
            kind=self.kind.data,
            title=self.title.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            all_day=all_day,
            area=self.area.data or "",
            is_public=self.is_public.data,
            summary=self.summary.data,
            place=self.place.data,
            postcode=self.postcode.data,
            capacity=self.capacity.data,
            area_ids=frozenset([UUID(self.constituency.data)] if self.constituency.data else []),
            ask_ids=frozenset(UUID(ask) for ask in self.asks.data or ()),
            unit_id=self.unit_id(),
            venue=self.venue.data,
            notes=self.notes.data,
            lead_user_id=UUID(self.lead.data) if self.lead.data else None,
        )


def series_of(form: PlanForm) -> tuple[Every, int] | None:
    """How the plan comes again, or ``None`` for once."""
    chosen = form.repeat.data
    return (Every(chosen), form.occurrences.data or 0) if chosen in set(Every) else None


def _keep(field: SelectField, present: list[tuple[str, str]]) -> None:
    offered: Any = field.choices
    known = {value for value, _ in offered}
    field.choices = [*offered, *(choice for choice in present if choice[0] not in known)]


def plan_values(record: queries.ActionRecord) -> dict[str, Any]:
    """What the plan form shows of an action."""
    action, detail = record.action, record.detail
    assert detail is not None
    start, end = action.starts_at.astimezone(LONDON), action.ends_at.astimezone(LONDON)
    return {
        "kind": action.kind,
        "title": action.title,
        "day": start.date(),
        "starts": None if action.all_day else start.time(),
        "ends": None if action.all_day else end.time(),
        "area": action.area,
        "is_public": action.is_public,
        "summary": action.summary,
        "place": action.place,
        "postcode": action.postcode,
        "capacity": action.capacity,
        "constituency": next((str(one.area.id) for one in record.areas if one.is_chosen), ""),
        "asks": [str(ask.id) for ask in record.asks],
        "unit": str(detail.unit_id or WHOLE),
        "venue": detail.venue,
        "notes": detail.notes,
        "lead": str(detail.lead_user_id or ""),
        "version": action.version,
        "follow": "",
    }


def values_like(record: queries.ActionRecord) -> dict[str, Any]:
    """What a plan begins with that is made after another action: without its day, and of a partner's the headline only."""
    if record.sees_private and record.detail is not None:
        known = plan_values(record)
        return {name: value for name, value in known.items() if name not in ("day", "version", "follow")}
    return {
        "kind": record.action.kind,
        "title": record.action.title,
        "summary": record.action.summary,
        "asks": [str(ask.id) for ask in record.asks],
    }


class StepForm(FlaskForm):
    """A button that takes one step, with the version of the page it stood on."""

    version = IntegerField(validators=[InputRequired()])
    comment = TextAreaField(_l("Comment"), validators=[Length(max=2000)])
    follow = BooleanField()


class FilterForm(FlaskForm):
    """The filters of the list; they live in the address."""

    class Meta:
        csrf = False

    organisation = SelectField(_l("Organisation"), validators=[Optional()])
    kind = SelectField(_l("Kind"), validators=[Optional()])
    area = StringField(_l("Town or area"), filters=[stripped], validators=[Length(max=LONGEST["area"])])
    state = SelectField(_l("State"), validators=[Optional()])

    def offer(self, partners: Sequence[Organisation]) -> None:
        """Fill the choices."""
        self.organisation.choices = [("", gettext("All partners"))] + [
            (str(o.id), o.short_name) for o in partners
        ]
        self.kind.choices = [("", gettext("All kinds"))] + [
            (str(kind), str(words)) for kind, words in KINDS.items()
        ]
        self.state.choices = [("", gettext("All but called off"))] + [
            (str(s), str(words)) for s, words in STATES.items()
        ]

    def chosen(self, name: str) -> str | None:
        """A filter's value, or ``None`` where it is empty or none of the choices."""
        field = self[name]
        return field.data or None if not field.errors else None
