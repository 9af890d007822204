"""What people fill in about contacts, positions and follow-ups: shapes only, rules live in the services."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from organising.lobbying.models import Attendance, Confidence, Outcome, Position
from organising.lobbying.services import EngagementDraft, FollowUpDraft, PositionDraft
from organising.lobbying.words import ATTENDANCE, BASES, CONFIDENCE, KINDS, OUTCOMES, POSITIONS, basis_of
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.db import new_id

THIS_CONTACT = "contact"
WEEK = timedelta(days=7)


def choices(pairs: Iterable[tuple[str, Any]], empty: Any = None) -> list[SelectChoice]:
    """Values with their words, after a choice of nothing where ``empty`` has words for it."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(str(value), label) for value, label in pairs]


def ask_choices(asks: Iterable[Ask], empty: Any = None) -> list[SelectChoice]:
    """Asks by id, as code and wording."""
    return choices(((str(ask.id), f"{ask.code} · {ask.wording}") for ask in asks), empty)


class AskChoices(SelectMultipleField):
    """The campaign's asks as boxes to tick; values are ids."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Confirming(FlaskForm):
    """A form whose sender may be asked to confirm what looks wrong."""

    def confirmed(self) -> list[str]:
        """The cautions that the person has answered."""
        return request.form.getlist("confirmed")[:20]

    def clear_errors(self) -> None:
        """Forget what is wrong: the person only asked for something to be looked up."""
        for field in self:
            field.errors = []
        self.form_errors.clear()

    def show(self, wrong: dict[str, Any]) -> None:
        """Put a service's reasons beside the fields they are about; others above the form."""
        for name, reason in wrong.items():
            if name in self:
                add_error(self[name], str(reason))
            else:
                self.form_errors.append(str(reason))


def add_error(field: Field, reason: str) -> None:
    """Add one reason to a field after validation."""
    field.errors = [*field.errors, reason]


class DayField(DateField):
    """A day. What is no day (31 November) says so, and stays as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; raises ``ValueError`` with words for the person who typed it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such day. Write it as 2026-12-31.")) from None


class EngagementForm(_Confirming):
    """The words of a contact, as logged first and as edited."""

    happened_on = DayField(_l("Date"), validators=[Optional()])
    kind = RadioField(_l("What was it?"), choices=choices(KINDS.items()), validate_choice=False)
    attended_by = RadioField(
        _l("Who was there?"),
        choices=choices(ATTENDANCE.items()),
        default=Attendance.MEMBER,
        validate_choice=False,
    )
    outcome = SelectField(
        _l("How did it go?"),
        choices=choices(OUTCOMES.items()),
        default=Outcome.NOT_SAID,
        validate_choice=False,
    )
    headline = TextAreaField(_l("Headline"))
    note = TextAreaField(_l("Private note"))
    ask_ids = AskChoices(_l("Asks raised"), validate_choice=False)
    out_of_office_reason = StringField(_l("Why does it belong here?"))

    def offer_asks(self, asks: Iterable[Ask]) -> None:
        """Fill the asks that can be raised."""
        self.ask_ids.choices = ask_choices(asks)

    def draft(self, person_id: UUID, submission_key: UUID) -> EngagementDraft:
        """What was typed, for the services to judge."""
        return EngagementDraft(
            person_id=person_id,
            happened_on=self.happened_on.data,
            kind=self.kind.data or "",
            headline=self.headline.data or "",
            attended_by=self.attended_by.data or "",
            submission_key=submission_key,
            outcome=self.outcome.data or Outcome.NOT_SAID,
            ask_ids=tuple(found for text in self.ask_ids.data or [] if (found := as_id(text))),
            note=(self.note.data or "").replace("\r\n", "\n"),
            out_of_office_reason=self.out_of_office_reason.data or "",
        )


class QuickLogForm(EngagementForm):
    """A contact in under a minute: who, what, one line; then what is known and what comes next."""

    submission_key = HiddenField()
    person_id = HiddenField(_l("Representative"))
    member = SearchField(_l("Who did you contact?"))
    candidate = RadioField(_l("Which of them?"), choices=choices([]), validate_choice=False)
    ask_id = SelectField(_l("Which ask did you raise?"), validate_choice=False)
    position = RadioField(_l("Where do they stand on it?"), default="", validate_choice=False)
    basis = SelectField(_l("What does this rest on?"), default=THIS_CONTACT, validate_choice=False)
    confidence = SelectField(
        _l("How sure are you?"),
        choices=choices(CONFIDENCE.items()),
        default=Confidence.MEDIUM,
        validate_choice=False,
    )
    evidence_url = StringField(_l("Link to the evidence"))
    what = StringField(_l("What will you do next?"))
    due_on = DayField(_l("By when?"), validators=[Optional()])

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices; today and a week from now where nothing is said yet."""
        asks = list(asks)
        self.offer_asks(asks)
        self.ask_id.choices = ask_choices(asks, _("No ask"))
        known = ((key, label) for key, label in POSITIONS.items() if key != Position.UNKNOWN)
        self.position.choices = choices(known, _("Not said"))
        self.basis.choices = choices([(THIS_CONTACT, _("This contact")), *BASES.items()])
        if not self.is_submitted():
            self.happened_on.data = self.happened_on.data or today()
            self.due_on.data = today() + WEEK
        # Not the attribute "required": a chosen candidate answers the question too.
        self.member.flags.input_required = True
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())

    def renew(self) -> None:
        """Make the next sending a record of its own."""
        self.submission_key.data = str(new_id())

    def whole_draft(self, person_id: UUID) -> EngagementDraft:
        """The contact with its position and follow-up."""
        key = as_id(self.submission_key.data) or new_id()
        draft = self.draft(person_id, key)
        chosen = as_id(self.ask_id.data)
        raised = (*draft.ask_ids, chosen) if chosen else draft.ask_ids
        return replace(draft, ask_ids=raised, position=self._position(chosen), follow_up=self._follow_up())

    def _position(self, ask_id: UUID | None) -> PositionDraft | None:
        if not self.position.data:
            return None
        basis = self.basis.data or ""
        return PositionDraft(
            ask_id=ask_id,
            position=self.position.data,
            basis=basis_of(self.kind.data or "") if basis == THIS_CONTACT else basis,
            confidence=self.confidence.data or "",
            evidence_url=(self.evidence_url.data or "").strip(),
            held_on=self.happened_on.data,
        )

    def _follow_up(self) -> FollowUpDraft | None:
        what = (self.what.data or "").strip()
        return FollowUpDraft(what, self.due_on.data) if what else None


class EditForm(EngagementForm):
    """A contact opened again; ``version`` is the one that the form shows."""

    version = HiddenField()


class PositionForm(_Confirming):
    """A position claimed outside a contact."""

    ask_id = SelectField(_l("On which ask?"), validate_choice=False)
    position = RadioField(
        _l("Where do they stand?"), choices=choices(POSITIONS.items()), validate_choice=False
    )
    basis = SelectField(_l("What does this rest on?"), validate_choice=False)
    held_on = DayField(_l("Since when do you know?"), validators=[Optional()])
    confidence = SelectField(
        _l("How sure are you?"),
        choices=choices(CONFIDENCE.items()),
        default=Confidence.MEDIUM,
        validate_choice=False,
    )
    evidence_url = StringField(_l("Link to the evidence"))

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices; today where no day is said yet."""
        self.ask_id.choices = ask_choices(asks, _("Choose an ask"))
        self.basis.choices = choices(BASES.items(), _("Choose what shows it"))
        if not self.is_submitted():
            self.held_on.data = self.held_on.data or today()

    def draft(self) -> PositionDraft:
        """What was typed, for the services to judge."""
        return PositionDraft(
            ask_id=as_id(self.ask_id.data),
            position=self.position.data or "",
            basis=self.basis.data or "",
            confidence=self.confidence.data or "",
            evidence_url=(self.evidence_url.data or "").strip(),
            held_on=self.held_on.data,
        )


class FollowUpForm(_Confirming):
    """Something to do about one person."""

    what = StringField(_l("What will you do?"))
    due_on = DayField(_l("By when?"), validators=[Optional()])

    def draft(self) -> FollowUpDraft:
        """What was typed, for the services to judge."""
        return FollowUpDraft(self.what.data or "", self.due_on.data)


class EmptyForm(FlaskForm):
    """A button: only the token."""


class LogFilter(Form):
    """The log's filters: they stand in the address, so there is nothing to protect and nothing to save."""

    q = SearchField(_l("Words"))
    kind = SelectField(_l("Kind"))
    organisation = SelectField(_l("Partner"))
    party = SelectField(_l("Party"))
    region = SelectField(_l("Region"))
    from_on = DayField(_l("From"), name="from", validators=[Optional()])
    to_on = DayField(_l("To"), name="to", validators=[Optional()])

    def offer(
        self,
        *,
        partners: Iterable[tuple[str, str]],
        parties: Iterable[tuple[str, str]],
        regions: Iterable[str],
    ) -> None:
        """Fill the choices with what there is; a choice that is no longer there counts as none."""
        offered = (
            (self.kind, choices(KINDS.items(), _("Any kind"))),
            (self.organisation, choices(partners, _("Any partner"))),
            (self.party, choices(parties, _("Any party"))),
            (self.region, choices(((one, one) for one in regions), _("Anywhere"))),
        )
        for field, known in offered:
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return any(field.data for field in self)


def as_id(text: object) -> UUID | None:
    """The id in a form's text, or None for anything else."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def as_day(text: str) -> date | None:
    """A day as written in an address, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
