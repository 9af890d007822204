"""Invented content for /dev/components, so that every component can be seen in every state."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired

from .form_parts import Boxes

DAY = datetime(2018, 12, 4, 14, 5, tzinfo=UTC)
PEOPLE = (
    ("Ines Ashdown", "Alderwick and Fenmoor", "Orchard Party", "#2f7d32", "Champion", "good", 41),
    ("Owen Ferrars", "Bryn Teg", "Lantern", "#c9a400", "Undecided", "warn", 7),
    ("The Rt Hon Ngozi Ámbar", "Hallowmere South", "Tidewater Alliance", "#1f6fb5", "Opposed", "bad", 1204),
    ("Llŷr Tŵr", "Ynys Wen", "Independent", None, "Not known", "neutral", 0),
)
TONES = ("none", "accent-1", "accent-2", "accent-1", "accent-3", "accent-1", "accent-4")


def choices(*labels: str) -> list[SelectChoice]:
    """Choices whose value is their place, from 1."""
    return [SelectChoice(str(place), label) for place, label in enumerate(labels, 1)]


class SampleForm(Form):
    """One field of each kind."""

    member = SelectField("Member", choices=[SelectChoice("", ""), *choices(*(row[0] for row in PEOPLE))])
    place = StringField("Place")
    kind = RadioField("Kind", choices=choices("Meeting", "Surgery", "Call"), default="1")
    when = DateField("Date", validators=[DataRequired()], default=DAY)
    count = IntegerField("Paper pledges")
    headline = StringField("Headline", validators=[DataRequired("Write a headline of a few words.")])
    note = TextAreaField("Private note")
    email = EmailField("Email")
    position = SelectField("Position", choices=choices("Champion", "Supporter", "Undecided"))
    asks = Boxes(
        "Asks raised",
        choices=choices(
            "DP-1 Remove the immigration exemption",
            "EDU-1 Commit to a firewall between education data and immigration enforcement",
        ),
        default=["2"],
    )
    photo = FileField("Photograph")
    promise = BooleanField("She promised something", default=True)


class FailedForm(Form):
    """A form sent empty."""

    who = StringField("Member", validators=[DataRequired("Choose a member.")])
    how = RadioField(
        "Kind", choices=choices("Meeting", "Call"), validators=[DataRequired("Say what kind it was.")]
    )
    agreed = BooleanField("I have read it", validators=[DataRequired("Say that you have read it.")])


def component_samples() -> dict[str, Any]:
    """`form`, `failed` (with errors), `cells` of a map, `people`, a `page` that has a next one, a `day`."""
    failed = FailedForm(MultiDict())
    failed.validate()
    cells = [
        {
            "q": q,
            "r": r,
            "label": f"Seat {q}.{r}",
            "tone": TONES[(q * 7919 ^ r * 104729) % 97 % 7],
            "text": "12 pledges",
        }
        for q in range(22)
        for r in range(28)
        if (q - 11) ** 2 / 110 + (r - 14) ** 2 / 190 < 1
    ]
    page = SimpleNamespace(items=[], next_cursor="next")
    return {
        "form": SampleForm(),
        "failed": failed,
        "cells": cells,
        "people": PEOPLE,
        "page": page,
        "day": DAY,
    }
