"""The parts of a contact's form: a position, a promise, a follow-up, and someone who took part."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Optional

from organising.lobbying.commitment_states import FIRST, CommitmentState
from organising.lobbying.forms.due_days import NO_DAY, DuePart
from organising.lobbying.forms.parts import DayField, as_id, ask_choices, choices
from organising.lobbying.models import Confidence, EngagementAttendee, Position
from organising.lobbying.services import FollowUpDraft, PositionDraft
from organising.lobbying.services.commitments import CommitmentDraft, sitting_day
from organising.lobbying.services.drafts import AttendeeDraft
from organising.lobbying.words import (
    BASES,
    COMMITMENT_KINDS,
    COMMITMENT_STATES,
    CONFIDENCE,
    POSITIONS,
    STAFF_ROLES,
    basis_of,
)
from organising.organisations.models import Ask, Organisation
from organising.platform.form_groups import Part

THIS_CONTACT = "contact"
STAFF = "staff:"


class PositionPart(Part):
    """An ask that was raised, and where they stand on it."""

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

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices."""
        self.ask_id.choices = ask_choices(asks, _("No ask"))
        known = ((key, label) for key, label in POSITIONS.items() if key != Position.UNKNOWN)
        self.position.choices = choices(known, _("Not said"))
        self.basis.choices = choices([(THIS_CONTACT, _("This contact")), *BASES.items()])

    @property
    def is_filled(self) -> bool:
        """Whether it claims anything; an ask alone was only raised."""
        return bool(self.position.data or (self.evidence_url.data or "").strip())

    def draft(self, kind: str, on: date | None) -> PositionDraft:
        """What was typed, for the services to judge: heard in a contact of this kind on that day."""
        basis = self.basis.data or ""
        return PositionDraft(
            ask_id=as_id(self.ask_id.data),
            position=self.position.data or "",
            basis=basis_of(kind) if basis == THIS_CONTACT else basis,
            confidence=self.confidence.data or "",
            evidence_url=(self.evidence_url.data or "").strip(),
            held_on=on,
        )


class CommitmentPart(DuePart):
    """What they promised, or were asked, in the contact. No day unless one is chosen: they alone could have named it."""

    kind = SelectField(_l("What did they promise?"), validate_choice=False)
    words = StringField(_l("In their words"))
    when = SelectField(_l("Promised for when?"), default=NO_DAY, validate_choice=False)
    due_on = DayField(_l("Promised for another day"), validators=[Optional()])
    state = SelectField(
        _l("How far did they go?"),
        choices=choices((state, COMMITMENT_STATES[state]) for state in FIRST),
        default=CommitmentState.PROMISED,
        validate_choice=False,
    )
    ask_id = SelectField(_l("For which ask?"), validate_choice=False)

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices."""
        self.kind.choices = choices(COMMITMENT_KINDS.items(), _("Nothing"))
        self.ask_id.choices = ask_choices(asks, _("No ask"))
        self.offer_days(or_none=True)

    @property
    def is_filled(self) -> bool:
        """Whether anything was promised; how far they went is filled in beforehand."""
        return bool(self.kind.data or (self.words.data or "").strip() or self.due_on.data)

    @property
    def needs_more(self) -> bool:
        """Whether the folded part is to be seen: something in it was changed, or is wrong."""
        return bool(
            self.ask_id.data
            or self.state.data != CommitmentState.PROMISED
            or self.ask_id.errors
            or self.state.errors
        )

    def draft(self, person_id: UUID | None) -> CommitmentDraft:
        """What was typed, for the services to judge; it was said on the day of the contact.

        A near day moves to one on which the chamber sits; one that was typed is asked about instead.
        """
        kind, due_on = self.kind.data or "", self.day
        if due_on is not None and not self.is_own_day:
            due_on = sitting_day(kind, person_id, due_on)
        return CommitmentDraft(
            kind=kind,
            words=self.words.data or "",
            ask_id=as_id(self.ask_id.data),
            state=self.state.data or "",
            due_on=due_on,
        )


class FollowUpPart(DuePart):
    """What comes next, by when: a week ahead where nothing else is said."""

    what = StringField(_l("What will you do next?"))

    def offer(self) -> None:
        """Fill the choices."""
        self.offer_days()

    @property
    def is_filled(self) -> bool:
        """Whether anything is to be done: the day is filled in beforehand."""
        return bool((self.what.data or "").strip())

    def draft(self) -> FollowUpDraft:
        """What was typed, for the services to judge."""
        return FollowUpDraft((self.what.data or "").strip(), self.day)


class AttendeePart(Part):
    """Someone who took part: for an organisation of the coalition, or in a role of the office."""

    who = SelectField(_l("Who else was there?"), validate_choice=False)
    label = StringField(_l("Which of your people?"))

    def offer(self, partners: Iterable[Organisation]) -> None:
        """Fill the choices: partners first, then roles."""
        roles = (
            (f"{STAFF}{role}", _("Their office: %(role)s", role=words)) for role, words in STAFF_ROLES.items()
        )
        self.who.choices = [
            *choices(((str(one.id), one.short_name) for one in partners), _("Nobody")),
            *choices(roles),
        ]

    def draft(self) -> AttendeeDraft:
        """What was typed, for the services to judge."""
        who, label = self.who.data or "", self.label.data or ""
        if who.startswith(STAFF):
            return AttendeeDraft(staff_role=who.removeprefix(STAFF), label=label)
        return AttendeeDraft(organisation_id=as_id(who), label=label)


def kept_attendee(attendee: EngagementAttendee) -> Mapping[str, Any]:
    """What :class:`AttendeePart` shows of one that is kept."""
    who = f"{STAFF}{attendee.staff_role}" if attendee.staff_role else str(attendee.attending_id)
    return {"who": who, "label": attendee.label}
