"""Forms of a lobby day: a meeting, the lines of the briefing, how it went."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Optional

from organising.actions.models import BranchAction
from organising.lobbying.forms.parts import ask_choices
from organising.lobbying.models import Attendance, Outcome
from organising.lobbying.words import ATTENDANCE, OUTCOMES
from organising.organisations.models import Ask
from organising.platform.clock import LONDON
from organising.platform.form_parts import Boxes, Confirming, choices
from organising.platform.given import as_id
from organising.representatives.models import OfficeHolding

from ..models import MeetingSlot
from ..services.meetings import ResultDraft, SlotDraft


class SlotForm(Confirming):
    """Whom, when, where, how many. The time is on the action's first day, in London."""

    person_id = SelectField(_l("MP"), [DataRequired(_l("Choose the MP."))], validate_choice=False)
    time = TimeField(_l("Time"), [InputRequired(_l("Give a time such as 14:30."))])
    room = StringField(_l("Room"), [Optional()])
    capacity = IntegerField(_l("How many it holds"), [InputRequired(_l("Give a number."))], default=10)

    def offer(self, sitting: Iterable[OfficeHolding]) -> None:
        """The MPs who sit."""
        pairs = [
            (str(one.person_id), f"{one.person.name}, {one.area.name}" if one.area else one.person.name)
            for one in sitting
        ]
        self.person_id.choices = choices(pairs, _l("Choose"))

    def keep(self, slot: MeetingSlot) -> None:
        """Fill in a meeting that is there."""
        self.person_id.data = str(slot.person_id)
        self.time.data = slot.starts_at.astimezone(LONDON).time()
        self.room.data, self.capacity.data = slot.room or "", slot.capacity

    def draft(self, action: BranchAction) -> SlotDraft:
        """What was typed."""
        day = action.starts_at.astimezone(LONDON).date()
        assert self.time.data is not None
        return SlotDraft(
            person_id=as_id(self.person_id.data) or UUID(int=0),
            starts_at=datetime.combine(day, self.time.data, LONDON),
            room=self.room.data or "",
            capacity=self.capacity.data or 0,
        )


class LinesForm(Confirming):
    """Lines for everyone, or for those who meet one MP."""

    person_id = HiddenField()
    lines = TextAreaField(_l("Lines"))


class ResultForm(Confirming):
    """How a meeting went."""

    headline = TextAreaField(_l("Headline"))
    attended_by = RadioField(
        _l("Who was there?"),
        choices=choices((one, ATTENDANCE[one]) for one in (Attendance.MEMBER, Attendance.STAFF)),
        default=Attendance.MEMBER,
        validate_choice=False,
    )
    outcome = SelectField(
        _l("How did it go?"),
        choices=choices(OUTCOMES.items()),
        default=Outcome.NOT_SAID,
        validate_choice=False,
    )
    ask_ids = Boxes(_l("Asks raised"), validate_choice=False)
    note = TextAreaField(_l("Private note"))

    def offer(self, asks: Iterable[Ask]) -> None:
        """The asks that can be raised."""
        self.ask_ids.choices = ask_choices(asks)

    def draft(self) -> ResultDraft:
        """What was typed."""
        chosen: list[Any] = [as_id(one) for one in self.ask_ids.data or []]
        return ResultDraft(
            attended_by=self.attended_by.data or "",
            outcome=self.outcome.data or "",
            headline=self.headline.data or "",
            note=self.note.data or "",
            ask_ids=tuple(one for one in chosen if one is not None),
        )
