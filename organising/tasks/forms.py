"""What people fill in about tasks."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from organising.platform.db import new_id
from organising.platform.form_parts import Confirming, DayField, VersionField, choices
from organising.platform.given import as_id

from .services import TaskDraft


def _tidy(text: str | None) -> str:
    return " ".join((text or "").replace("\0", "").split())


def _lines(text: str | None) -> str:
    return (text or "").replace("\0", "").replace("\r\n", "\n").strip()


class Keyed(Confirming):
    """A form with a key of its own, by which what is sent twice is known as one."""

    key = HiddenField()

    def own_key(self) -> UUID:
        """The key; a damaged one counts as new."""
        found = as_id(self.key.data) or new_id()
        self.key.data = str(found)
        return found


class TaskForm(Keyed):
    """What is to be done, by when, by whom, whose it is."""

    title = StringField(_l("What is to be done?"), filters=[_tidy])
    due_on = DayField(_l("By when?"), validators=[Optional()])
    assignee_user_id = SelectField(_l("Who does it?"), validate_choice=False)
    unit_id = SelectField(_l("Whose is it?"), validate_choice=False)
    details = TextAreaField(_l("More about it"), filters=[_lines])
    place = HiddenField()
    version = VersionField()

    def offer(self, colleagues: Any, units: Any) -> None:
        """Fill the choices: colleagues by id and name, units likewise."""
        self.assignee_user_id.choices = choices(colleagues, _l("Nobody yet"))
        self.unit_id.choices = choices(units, _l("The whole organisation’s"))

    def draft(self) -> TaskDraft:
        """What was typed, for the services to judge."""
        return TaskDraft(
            title=self.title.data or "",
            details=self.details.data or "",
            due_on=self.due_on.data,
            assignee_user_id=as_id(self.assignee_user_id.data),
            unit_id=as_id(self.unit_id.data),
            place=self.place.data or None,
        )


class CommentForm(Keyed):
    """Something to say of a task."""

    words = TextAreaField(_l("Comment"), filters=[_lines])
