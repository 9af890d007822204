"""What people fill in about a contact: shapes only, rules live in the services."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import AskChoices, Confirming, DayField, as_id, ask_choices, choices
from organising.lobbying.models import Attendance, Confidence, Outcome, Position
from organising.lobbying.services import EngagementDraft, FollowUpDraft, PositionDraft
from organising.lobbying.words import ATTENDANCE, BASES, CONFIDENCE, KINDS, OUTCOMES, POSITIONS, basis_of
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.db import new_id

THIS_CONTACT = "contact"
WEEK = timedelta(days=7)


class EngagementForm(Confirming):
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
