"""The allocation grid's filters, and the form that changes many targets."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, RadioField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # newer than its stubs

from organising.lobbying.forms.parts import Boxes, Confirming, add_error, as_id, choices
from organising.lobbying.queries.grid import DISPUTED, FORMER, NONE, TargetCriteria
from organising.lobbying.queries.grid_filters import FilterChoices
from organising.lobbying.queries.targets import parse_subject
from organising.lobbying.services.allocation import KEEP, Choice, Keep, Wanted
from organising.lobbying.words import AREA_KINDS, POSITIONS, PRIORITIES, TACTICS, TARGET_KINDS
from organising.organisations.models import Ask, Organisation

MOST_TICKED = 200


class TargetFilter(Form):
    """The grid's filters: they stand in the address, so there is nothing to protect and nothing to save."""

    q = SearchField(_l("Name or constituency"))
    kind = SelectField(_l("Who"), validate_choice=False)
    party = SelectField(_l("Party"), validate_choice=False)
    region = SelectField(_l("Region"), validate_choice=False)
    committee = SelectField(_l("Committee"), validate_choice=False)
    area = SelectField(_l("Seats in"), validate_choice=False)
    lead = SelectField(_l("Leads"), validate_choice=False)
    priority = SelectField(_l("Priority"), validate_choice=False)
    tactic = SelectField(_l("Tactic"), validate_choice=False)
    ask = SelectField(_l("Ask"), validate_choice=False)
    position = SelectField(_l("Position on the ask"), validate_choice=False)

    def offer(
        self,
        *,
        known: FilterChoices,
        parties: Iterable[tuple[str, str]],
        regions: Iterable[str],
        partners: Iterable[Organisation],
        asks: Iterable[Ask],
    ) -> None:
        """Fill the choices with what there is. A choice that is gone stays chosen, and finds nobody."""
        there = known.kinds | {"mp"}
        kinds = ((kind, words) for kind, words in TARGET_KINDS.items() if kind in there)
        self.kind.choices = [
            *choices(kinds),
            *choices([("", _("Everyone")), (FORMER, _("No longer in office"))]),
        ]
        self.party.choices = choices(parties, _("Any party"))
        self.region.choices = choices(((one, one) for one in regions), _("Anywhere"))
        self.committee.choices = choices(known.committees, _("Any committee, or none"))
        self.area.choices = choices(
            ((area_id, f"{AREA_KINDS.get(kind, kind)}: {name}") for area_id, kind, name in known.areas),
            _("Any area"),
        )
        self.lead.choices = choices(
            [(NONE, _("Nobody yet")), *((str(one.id), one.short_name) for one in partners)],
            _("Anyone or nobody"),
        )
        self.priority.choices = choices([*PRIORITIES.items(), (NONE, _("Not said"))], _("Any"))
        self.tactic.choices = choices([*TACTICS.items(), (NONE, _("Not said"))], _("Any"))
        self.ask.choices = choices(((one.id, one.code) for one in asks), _("No ask"))
        self.position.choices = choices([*POSITIONS.items(), (DISPUTED, _("Disputed"))], _("Any"))
        for field in self:
            if isinstance(field, SelectField):
                _keep_chosen(field)

    def show(self, criteria: TargetCriteria) -> None:
        """Set every field to what the criteria say."""
        for field in self:
            field.data = getattr(criteria, field.name)

    def describe(self, criteria: TargetCriteria) -> list[str]:
        """The criteria in the words of the form: "MPs", "Nobody yet leads"."""
        said = [f"“{criteria.q}”"] if criteria.q else []
        for field in self:
            value = getattr(criteria, field.name)
            if isinstance(field, SelectField) and (value or field is self.kind):
                words = _label(field, value)
                said.append(words if field is self.kind else f"{field.label.text}: {words}")
        return said

    def check(self) -> bool:
        """Whether the criteria make sense together: a position is one on an ask."""
        if self.position.data and not self.ask.data:
            add_error(self.ask, _("Choose the ask that the position is on."))
            return False
        return True

    @property
    def is_open(self) -> bool:
        """Whether a filter behind the fold is in use."""
        folded = (
            self.party,
            self.region,
            self.committee,
            self.area,
            self.lead,
            self.priority,
            self.tactic,
            self.position,
        )
        return any(field.data for field in folded) or bool(self.ask.errors)


class BulkForm(Confirming):
    """What to do with the targets that were ticked, or with all that match."""

    scope = RadioField(_l("Which of them?"), default="ticked", validate_choice=False)
    criteria = HiddenField()
    seen = HiddenField()
    lead = SelectField(_l("Leads"), validate_choice=False)
    supporters_do = SelectField(_l("Supporters"), validate_choice=False)
    supporters = Boxes(_l("Which organisations?"), validate_choice=False)
    priority = SelectField(_l("Priority"), validate_choice=False)
    tactic = SelectField(_l("Tactic"), validate_choice=False)

    def offer(self, partners: Iterable[Organisation], *, total: int | None = None) -> None:
        """Fill the choices; ``total`` is how many match."""
        known = [(str(one.id), one.short_name) for one in partners]
        everyone = _("All that match") if total is None else _("All %(number)s that match", number=total)
        self.scope.choices = choices([("ticked", _("Those that are ticked")), ("all", everyone)])
        keep = _("Leave as it is")
        self.lead.choices = choices([(NONE, _("Nobody")), *known], keep)
        self.supporters_do.choices = choices(
            [("add", _("Add these")), ("remove", _("Take these away")), ("set", _("Have exactly these"))],
            _("Leave as they are"),
        )
        self.supporters.choices = choices(known)
        self.priority.choices = choices([*PRIORITIES.items(), (NONE, _("None"))], keep)
        self.tactic.choices = choices([*TACTICS.items(), (NONE, _("None"))], keep)

    def choice(self) -> Choice:
        """Which targets are meant."""
        if self.scope.data == "all":
            return Choice(criteria=self.filter)
        subjects = [found for text in self.ticked if (found := parse_subject(text))]
        return Choice(
            tuple(person_id for person_id, _none in subjects if person_id),
            tuple(institution_id for _none, institution_id in subjects if institution_id),
        )

    def wanted(self) -> Wanted:
        """What is to change, for the services to judge."""
        return Wanted(
            lead=_lead(self.lead.data or ""),
            priority=_said(self.priority.data or ""),
            tactic=_said(self.tactic.data or ""),
            supporters_do=self.supporters_do.data or "",
            supporter_ids=frozenset(found for text in self.supporters.data or [] if (found := as_id(text))),
            spare_led=bool(request.form.get("spare_led")),
        )

    @property
    def filter(self) -> TargetCriteria:
        """The criteria of the grid that the form stood on."""
        return TargetCriteria.from_args(dict(parse_qsl(self.criteria.data or "", keep_blank_values=True)))

    @property
    def ticked(self) -> list[str]:
        """The subjects that were ticked."""
        return request.form.getlist("target")[:MOST_TICKED]

    def in_words(self) -> list[tuple[str, str]]:
        """What will change, as pairs for a list."""
        said = []
        for field in (self.lead, self.priority, self.tactic):
            if field.data:
                said.append((field.label.text, _label(field, field.data)))
        if self.supporters_do.data:
            names = ", ".join(_label(self.supporters, one) for one in self.supporters.data or [])
            said.append((_label(self.supporters_do, self.supporters_do.data), names or _("None")))
        return said


class SegmentForm(Confirming):
    """A name for the filters of the grid."""

    name = StringField(_l("Name of the segment"))
    criteria = HiddenField()

    @property
    def filter(self) -> TargetCriteria:
        """The criteria to save."""
        return TargetCriteria.from_args(dict(parse_qsl(self.criteria.data or "", keep_blank_values=True)))


def as_query(criteria: TargetCriteria | Mapping[str, str]) -> str:
    """Criteria as a form carries them."""
    return urlencode(criteria.to_args() if isinstance(criteria, TargetCriteria) else criteria)


def _keep_chosen(field: SelectField) -> None:
    if field.data and field.data not in _values(field):
        field.choices = [*(field.choices or []), SelectChoice(field.data, _("Gone"))]


def _values(field: Field) -> list[str]:
    return [one.value for one in field.choices or []]


def _label(field: Field, value: str) -> str:
    return next((str(one.label) for one in field.choices or [] if one.value == value), _("Gone"))


def _lead(text: str) -> UUID | Keep | None:
    if not text:
        return KEEP
    # What is no id is nobody's: the service refuses it in words.
    return None if text == NONE else as_id(text) or UUID(int=0)


def _said(text: str) -> str | Keep | None:
    return KEEP if not text else None if text == NONE else text
