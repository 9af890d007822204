"""Forms of reports, made for a thumb: numbers first, then whom they met, words last."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from organising.platform.form_groups import Group, Grouping, Part
from organising.platform.form_parts import choices
from organising.platform.given import as_id

from . import queries
from .forms import VersionField, WhatWhenWhere, count_field, stripped
from .linked_motions import find_motion
from .report_people import Found, find_met
from .report_words import MET_WITH, MOTION_OUTCOMES
from .services import Met, Outcome, Photo, Plan
from .services.planning import LONGEST
from .services.report_photos import PHOTOS

LONGEST_NAME = 120
MOST_SENT = 12


def fresh_key() -> str:
    """A key by which a report sent twice is known as one."""
    return str(uuid4())


class MetPart(Part):
    """A representative whom they met: chosen from the list, or typed where there is no list."""

    who = StringField(_l("Name or constituency"), filters=[stripped], validators=[Length(max=LONGEST_NAME)])
    person_id = HiddenField()
    attended_by = RadioField(_l("Who was there?"), choices=choices(MET_WITH.items()), default="member")

    @property
    def is_filled(self) -> bool:
        """Whether anybody is named."""
        return bool(self.who.data or self.person_id.data)


class Meetings(Grouping):
    """Whom they met, several in one form."""

    def open_met(self, kept: Sequence[dict[str, Any]] = ()) -> None:
        """Make the parts out of what was sent, or of what is kept."""
        sent = request.form if self.is_submitted() else None
        self.groups = {"met": Group("met", MetPart, sent, kept=kept, offer=lambda part: None)}

    @property
    def wants_more(self) -> bool:
        """Whether the person only asked for one more line."""
        return self.is_submitted() and request.form.get("add") == "met"

    def find_people(self) -> bool:
        """Find who is meant where only a name was typed; ``False`` where that is not clear, said beside it."""
        clear = True
        for part in self.groups["met"].filled:
            found: Found = find_met(as_id(part.person_id.data), part.who.data or "")
            if found.person_id is None:
                part.who.errors = [*part.who.errors, found.reason]
                clear = False
            part.person_id.data = str(found.person_id or "")
        return clear

    def met(self) -> tuple[Met, ...]:
        """Each once, as found."""
        found = {
            person_id: Met(person_id, part.attended_by.data or "member")
            for part in self.groups["met"].filled
            if (person_id := as_id(part.person_id.data)) is not None
        }
        return tuple(found.values())


class Photographs(Grouping):
    """Photographs with the tick that they may be shown, and the key by which what is sent twice is known."""

    photos = MultipleFileField(_l("Photographs"))
    may_be_shown = BooleanField(_l("Everyone who can be recognised agreed that it may be shown"))
    submission_key = HiddenField()

    def photographs(self) -> tuple[Photo, ...]:
        """What was sent, each under the id that the phone gave it, else one that follows from the form's and the picture."""
        given = [one for one in self.photos.data or [] if isinstance(one, FileStorage) and one.filename]
        ids = request.form.getlist("photo_ids")
        return tuple(
            Photo(
                (as_id(ids[place]) if place < len(ids) else None)
                or uuid5(self.key(), hashlib.sha256(content).hexdigest()),
                content,
                bool(self.may_be_shown.data),
            )
            for place, content in enumerate(one.read(PHOTOS.most + 1) for one in given[:MOST_SENT])
        )

    def key(self) -> UUID:
        """The form's own key; a damaged one counts as new."""
        return as_id(self.submission_key.data) or uuid4()


class OutcomeFields(Meetings, Photographs):
    """What came of it."""

    paper_pledges = count_field(
        _l("Pledges signed on paper"),
        InputRequired(_l("Give the number on your sheets; 0 if there were none.")),
    )
    attendance = count_field(_l("People who took part"), Optional())
    outcome = StringField(_l("In one line: how did it go?"), filters=[stripped], validators=[Length(max=200)])
    leaflets = count_field(_l("Leaflets given out"), Optional())
    motion_outcome = SelectField(
        _l("What became of the motion?"),
        choices=choices(MOTION_OUTCOMES.items(), _l("Not said")),
        validators=[Optional()],
    )
    follow_ups = TextAreaField(_l("What next?"), validators=[Length(max=4000)])
    incidents = TextAreaField(_l("Did anything go wrong?"), validators=[Length(max=4000)])
    version = VersionField()

    def what_came(self) -> Outcome:
        """The outcome as typed."""
        names = ("attendance", "outcome", "leaflets", "incidents", "follow_ups")
        return Outcome(
            paper_pledges=self.paper_pledges.data or 0,
            motion_outcome=self.motion_outcome.data or None,
            met=self.met(),
            photos=self.photographs(),
            **{name: self[name].data for name in names},
        )


class ReportForm(OutcomeFields):
    """The report of an action that was planned here. ``answer``: to a question of whoever checks it."""

    answer = TextAreaField(_l("Your answer"), filters=[stripped], validators=[Length(max=2000)])

    tell = WhatWhenWhere.tell


class PastReportForm(WhatWhenWhere, OutcomeFields):
    """One form for what already happened."""

    title = StringField(_l("Title"), filters=[stripped], validators=[Length(max=LONGEST["title"])])

    def plan(self, kind_words: str) -> Plan:
        """What is known of the action; without a title it is named by its kind. Raises ``Invalid``."""
        starts_at, ends_at, all_day = self.times()
        return Plan(
            kind=self.kind.data,
            title=self.title.data or kind_words,
            starts_at=starts_at,
            ends_at=ends_at,
            all_day=all_day,
            area=self.area.data or "",
            unit_id=self.unit_id(),
        )


class AfterForm(Meetings, Photographs):
    """The one question after an action, and the few numbers that go with "It happened"."""

    answer = HiddenField()
    attendance = count_field(_l("People who took part"), Optional())
    paper_pledges = count_field(_l("Pledges signed on paper"), Optional())

    class Meta:
        csrf = False

    def what_came(self) -> Outcome:
        """The outcome as typed; no pledges where nothing is said."""
        return Outcome(
            self.paper_pledges.data or 0, self.attendance.data, met=self.met(), photos=self.photographs()
        )


class QuestionForm(FlaskForm):
    """A question of whoever checks a report to whoever wrote it."""

    version = VersionField()
    comment = TextAreaField(
        _l("What do you want to know?"),
        validators=[DataRequired(_l("Say what you want to know.")), Length(max=2000)],
    )


def report_values(record: queries.ActionRecord) -> dict[str, Any]:
    """What the report form shows when a report is corrected."""
    action, report = record.action, record.report
    values = {
        "paper_pledges": action.paper_pledges,
        "attendance": action.attendance,
        "outcome": action.outcome,
    }
    if report is not None:
        names = ("leaflets", "motion_outcome", "follow_ups", "incidents")
        values |= {name: getattr(report, name) for name in names}
    if (linked := find_motion(action)) is not None:
        values["motion_outcome"] = linked.outcome
    return values
