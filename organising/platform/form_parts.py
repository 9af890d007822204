"""What staff's forms are made of: choices, days, versions, and forms that ask before they keep."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import CheckboxInput, ListWidget

from .given import as_version


def choices(pairs: Iterable[tuple[str, Any]], empty: Any = None) -> list[SelectChoice]:
    """Values with their words, after a choice of nothing where ``empty`` has words for it."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(str(value), label) for value, label in pairs]


class Confirming(FlaskForm):
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


class Boxes(SelectMultipleField):
    """Several of a few: boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DayField(DateField):
    """A day. What is no day (31 November) says so, and stays as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; raises ``ValueError`` with words for the person who typed it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such day. Write it as 2026-12-31.")) from None


class VersionField(HiddenField):
    """The version of a record that the form was opened with."""

    @property
    def shown(self) -> int:
        """The version, or 0, which no record has, for anything else."""
        return as_version(self.data)


def as_day(text: str) -> date | None:
    """A day as written in an address, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
