"""Forms of calls."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from organising.actions.queries import list_templates
from organising.actions.states import Kind
from organising.actions.words import KINDS
from organising.organisations.models import UnitKind
from organising.organisations.queries import UnitInTree, list_open_asks
from organising.organisations.words import UNIT_KIND_NAMES
from organising.platform.actor import Actor
from organising.platform.errors import Invalid
from organising.platform.form_parts import DayField, VersionField, add_error, choices
from organising.platform.forms import Form, PlainForm
from organising.platform.given import as_id

from .queries.grid import GridFilter, Sort
from .queries.units import UnitFilter, list_area_choices
from .services.answering import Said
from .services.rules import LONGEST, TEMPLATE, Words
from .states import SILENT
from .words import ANSWERS

MISSING = _l("Fill this in.")


def stripped(value: str | None) -> str:
    """Text without white space around it."""
    return (value or "").strip()


class CallForm(Form):
    """What is asked, by when, and the action that "doing it" turns into."""

    title = StringField(
        _l("Title"), filters=[stripped], validators=[DataRequired(MISSING), Length(max=LONGEST["title"])]
    )
    question = StringField(
        _l("The one question"),
        filters=[stripped],
        validators=[DataRequired(MISSING), Length(max=LONGEST["question"])],
    )
    text = TextAreaField(_l("What it is about"), filters=[stripped], validators=[Length(max=LONGEST["text"])])
    due_on = DayField(_l("Answer by"), validators=[InputRequired(_l("Give the last day for answers."))])
    action_kind = SelectField(_l("“Doing it” becomes"), validators=[Optional()])
    action_title = StringField(
        _l("Title of each action"), filters=[stripped], validators=[Length(max=LONGEST["action_title"])]
    )
    action_on = DayField(_l("Day"), validators=[Optional()])
    action_starts = TimeField(_l("Starts"), validators=[Optional()])
    action_ends = TimeField(_l("Ends"), validators=[Optional()])
    action_public = BooleanField(_l("Anyone may come"))
    straight = BooleanField(_l("Put it into the diary at once"))
    template = SelectField(_l("After a template"), validators=[Optional()])
    ask = SelectField(_l("Which ask is it about?"), validators=[Optional()])
    version = VersionField()

    def offer(self, actor: Actor) -> None:
        """Fill the choices."""
        self.action_kind.choices = choices(KINDS.items(), _("No action: an answer is enough"))
        templates = [(one.id, f"{KINDS[Kind(one.kind)]}: {one.name}") for one in list_templates(actor)]
        self.template.choices = choices(templates, _("None: the checklist of its kind"))
        asks = [(one.id, f"{one.code} · {one.wording}") for one in list_open_asks(actor.campaign_id)]
        self.ask.choices = choices(asks, _("None in particular"))

    def words(self) -> Words:
        """What was typed."""
        return Words(
            title=self.title.data or "",
            question=self.question.data or "",
            text=self.text.data or "",
            due_on=self.due_on.data or date.min,
            action_kind=self.action_kind.data or None,
            action_title=self.action_title.data or None,
            action_on=self.action_on.data,
            action_starts=self.action_starts.data,
            action_ends=self.action_ends.data,
            action_public=self.action_public.data,
            straight=self.straight.data,
            template_id=as_id(self.template.data),
            ask_id=UUID(self.ask.data) if self.ask.data else None,
        )

    def tell(self, refusal: Invalid) -> None:
        """Put a service's reasons beside the fields they are about, else above the form."""
        tell(self, refusal)


def tell(form: Form, refusal: Invalid) -> None:
    """Put a service's reasons beside the fields they are about, else above the form."""
    named = False
    for name, reason in refusal.details.items():
        if name in form:
            add_error(form[name], str(reason))
            named = True
    if not named:
        form.form_errors.append(refusal.message)


def call_values(call: Any) -> dict[str, Any]:
    """What the form shows of a call."""
    values = {name: getattr(call, name) for name in ("title", "question", "text", "due_on", *TEMPLATE)}
    return values | {
        "ask": str(call.ask_id or ""),
        "template": str(call.template_id or ""),
        "version": getattr(call, "version", 0),
    }


def like_values(call: Any) -> dict[str, Any]:
    """What the form of a new call shows of an earlier one: its words, and no day of then."""
    return call_values(call) | {"due_on": None, "action_on": None, "version": 0}


class UnitFilterForm(Form):
    """Which units to show for choosing; in the address."""

    class Meta(Form.Meta):
        csrf = False

    below = SelectField(_l("In and below"), validators=[Optional()])
    kind = SelectField(_l("Kind"), validators=[Optional()])
    area = SelectField(_l("Area"), validators=[Optional()])
    q = StringField(_l("Name"), filters=[stripped], validators=[Length(max=80)])

    def offer(self, units: list[UnitInTree]) -> None:
        """Fill the choices: units that have others below them, and the kinds that there are."""
        parents = {one.unit.parent_id for one in units}
        tops = [one for one in units if one.unit.id in parents]
        self.below.choices = choices(
            ((one.unit.id, "\u2003" * one.depth + one.unit.name) for one in tops), _("The whole organisation")
        )
        self.kind.choices = kind_choices(units)
        self.area.choices = choices(list_area_choices(units), _("All areas"))

    def wanted(self) -> UnitFilter:
        """What is asked for; what is none of the choices is not."""
        self.validate()
        below = self.below.data if not self.below.errors else None
        kind = self.kind.data if not self.kind.errors else None
        area = self.area.data if not self.area.errors else None
        return UnitFilter(as_id(below), kind or None, area or None, self.q.data or "")


def kind_choices(units: list[UnitInTree]) -> list[Any]:
    """The kinds of these units, after "All kinds"."""
    there = {one.unit.kind for one in units}
    return choices(((kind, UNIT_KIND_NAMES[kind]) for kind in UnitKind if kind in there), _("All kinds"))


class GridFilterForm(Form):
    """What the grid shows; in the address."""

    class Meta(Form.Meta):
        csrf = False

    answer = SelectField(_l("Answer"), validators=[Optional()])
    kind = SelectField(_l("Kind"), validators=[Optional()])
    q = StringField(_l("Branch or officer"), filters=[stripped], validators=[Length(max=80)])
    trouble = BooleanField(_l("Only those we can’t reach"))
    sort = SelectField(_l("Sort by"), validators=[Optional()])

    def offer(self) -> None:
        """Fill the choices."""
        self.answer.choices = choices(ANSWERS.items(), _("All answers"))
        self.kind.choices = choices(UNIT_KIND_NAMES.items(), _("All kinds"))
        self.sort.choices = choices(((Sort.UNIT, _("Name")), (Sort.HEARD, _("Last heard"))))

    def wanted(self) -> GridFilter:
        """What is asked for; what is none of the choices is not."""
        self.validate()
        answer = self.answer.data if self.answer.data in {*ANSWERS, SILENT} else None
        kind = self.kind.data if not self.kind.errors else None
        sort = Sort.HEARD if self.sort.data == Sort.HEARD else Sort.UNIT
        return GridFilter(answer, kind or None, self.q.data or "", self.trouble.data, sort)


class AnswerForm(Form):
    """The one question. The three buttons are the answer."""

    held_on = DayField(_l("On another day?"), validators=[Optional()])
    note = TextAreaField(_l("Anything to add?"), filters=[stripped], validators=[Length(max=LONGEST["note"])])
    answer = HiddenField()

    def said(self) -> Said:
        """What was answered."""
        return Said(self.answer.data or "", self.held_on.data, self.note.data)


class PhoneForm(AnswerForm):
    """An answer that an officer gave by phone."""

    answer = RadioField(  # type: ignore[assignment]
        _l("What did they say?"), validators=[InputRequired(_l("Choose one of the three answers."))]
    )
    who = StringField(
        _l("Who said so?"),
        filters=[stripped],
        validators=[DataRequired(_l("Say who gave the answer.")), Length(max=LONGEST["who"])],
    )

    def offer(self) -> None:
        """Fill the choices."""
        self.answer.choices = [(str(one), str(words)) for one, words in ANSWERS.items() if one != SILENT]


class ExtendForm(Form):
    """Another last day."""

    due_on = DayField(_l("Answer by"), validators=[InputRequired(_l("Give the last day for answers."))])


class BatchForm(PlainForm):
    """A button that sends; pressed twice, it is one round."""

    batch = HiddenField()
