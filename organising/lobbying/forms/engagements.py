"""What people fill in about a contact: shapes only, rules live in the services."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from organising.lobbying.forms.contact_parts import (
    AttendeePart,
    CommitmentPart,
    FollowUpPart,
    PositionPart,
)
from organising.lobbying.forms.parts import Boxes, DayField, VersionField, as_id, ask_choices, choices
from organising.lobbying.models import Attendance, EngagementKind, Outcome
from organising.lobbying.queries.subjects import Subject
from organising.lobbying.services import EngagementDraft
from organising.lobbying.services.drafts import place
from organising.lobbying.words import ATTENDANCE, KINDS, OUTCOMES
from organising.organisations.models import Ask, Organisation
from organising.platform.clock import today
from organising.platform.db import new_id
from organising.platform.form_groups import Group, Grouping


class EngagementForm(Grouping):
    """The words of a contact with what hangs on it, as logged first and as edited."""

    submission_key = HiddenField()
    happened_on = DayField(_l("Date"), validators=[Optional()])
    kind: Field = RadioField(_l("What was it?"), choices=choices(KINDS.items()), validate_choice=False)
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
    ask_ids = Boxes(_l("Asks raised"), validate_choice=False)
    out_of_office_reason = StringField(_l("Why does it belong here?"))

    def open_groups(
        self,
        asks: Iterable[Ask],
        partners: Iterable[Organisation],
        *,
        attendees: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Make the groups out of what was sent, with their choices; ``attendees``: those kept before."""
        asks, partners = list(asks), list(partners)
        sent = request.form if self.is_submitted() else None
        self.groups = {
            "position": Group("position", PositionPart, sent, offer=lambda one: one.offer(asks), place=place),
            "commitment": Group("commitment", CommitmentPart, sent, offer=lambda one: one.offer(asks)),
            "follow_up": Group("follow_up", FollowUpPart, sent, offer=FollowUpPart.offer, place=place),
            "attendee": Group(
                "attendee", AttendeePart, sent, kept=attendees, offer=lambda one: one.offer(partners)
            ),
        }
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())

    def offer_asks(self, asks: Iterable[Ask]) -> None:
        """Fill the asks that can be raised."""
        self.ask_ids.choices = ask_choices(asks)

    @property
    def wants_more(self) -> bool:
        """Whether the person only asked for another part, or for a look at who could be meant."""
        return self.is_submitted() and request.form.get("add") in self.groups

    def renew(self) -> None:
        """Make the next sending a record, or an edit, of its own."""
        self.submission_key.data = str(new_id())

    def draft(self, subject: Subject) -> EngagementDraft:
        """What was typed, for the services to judge."""
        positions, kind, on = self.groups["position"], self.kind.data or "", self.happened_on.data
        chosen = [*(self.ask_ids.data or []), *(one.ask_id.data for one in positions)]
        return EngagementDraft(
            person_id=subject.person_id,
            institution_id=subject.institution_id,
            happened_on=on,
            kind=kind,
            headline=self.headline.data or "",
            attended_by=self.attended_by.data or "",
            submission_key=as_id(self.submission_key.data) or new_id(),
            outcome=self.outcome.data or Outcome.NOT_SAID,
            ask_ids=tuple(dict.fromkeys(found for text in chosen if (found := as_id(text)))),
            note=(self.note.data or "").replace("\r\n", "\n"),
            out_of_office_reason=self.out_of_office_reason.data or "",
            attendees=tuple(one.draft() for one in self.groups["attendee"].filled),
            positions=tuple(one.draft(kind, on) for one in positions.filled),
            commitments=tuple(one.draft(subject.person_id) for one in self.groups["commitment"].filled),
            follow_ups=tuple(one.draft() for one in self.groups["follow_up"].filled),
        )


class QuickLogForm(EngagementForm):
    """A contact in under a minute: who, what, one line; then what is known and what comes next."""

    kind = SelectField(
        _l("What was it?"),
        choices=choices(KINDS.items()),
        default=EngagementKind.MEETING,
        validate_choice=False,
    )
    subject_id = HiddenField(_l("Representative or institution"))
    member = SearchField(_l("Who did you contact?"))
    candidate = RadioField(_l("Which of them?"), choices=choices([]), validate_choice=False)
    back = HiddenField()

    def offer(self, asks: Iterable[Ask], partners: Iterable[Organisation]) -> None:
        """Fill the choices; today where nothing is said yet."""
        asks = list(asks)
        self.offer_asks(asks)
        self.open_groups(asks, partners)
        if not self.is_submitted():
            self.happened_on.data = self.happened_on.data or today()
        # Not the attribute "required": a chosen candidate answers the question too.
        self.member.flags.input_required = True

    def chosen_ids(self) -> list[UUID]:
        """Whom the person chose from what was found, the surest first."""
        return [found for text in (self.subject_id.data, self.candidate.data) if (found := as_id(text))]


class EditForm(EngagementForm):
    """A contact opened again; ``version`` is the one that the form shows."""

    version = VersionField()
