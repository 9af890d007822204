"""What a person says about something that came back."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField

from organising.lobbying.forms import FollowUpForm
from organising.lobbying.models import Attendance, Outcome
from organising.lobbying.words import OUTCOMES
from organising.mailings.incoming.words import CLASS
from organising.platform.form_parts import Confirming, choices

__all__ = ["ClassForm", "FollowUpForm", "LogForm"]

WROTE = {Attendance.MEMBER: _l("The member"), Attendance.STAFF: _l("Somebody of their office")}


class ClassForm(FlaskForm):
    """What a message is."""

    reply_class = RadioField(
        _l("What is it?"),
        choices=choices((kind, words[0]) for kind, words in CLASS.items()),
        validate_choice=False,
    )


class LogForm(Confirming):
    """The line that partners read."""

    headline = StringField(_l("Headline"))
    attended_by = RadioField(_l("Who wrote it?"), choices=choices(WROTE.items()), validate_choice=False)
    outcome = SelectField(
        _l("How it went"),
        choices=choices((kind, words) for kind, words in OUTCOMES.items() if kind != Outcome.NO_ANSWER),
        validate_choice=False,
    )
