"""Making a model text one's own: for which unit and body, and which words stand where both sides changed them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.validators import Optional

from organising.motions.merging import Choice
from organising.motions.models import ModelVersion
from organising.motions.words import forum_words
from organising.organisations.models import Unit
from organising.platform.actor import Actor
from organising.platform.form_parts import VersionField, choices
from organising.platform.forms import Form
from organising.platform.given import as_id


class UseForm(Form):
    """Asked in the address, so that it can be gone back to."""

    class Meta(Form.Meta):
        csrf = False

    unit = SelectField(_l("Branch or group that puts it"), [Optional()])
    forum = SelectField(_l("Put to"), [Optional()])

    @classmethod
    def of(cls, given: Any, actor: Actor, version: ModelVersion, units: Sequence[Unit]) -> "UseForm":
        """What can be chosen: the units within reach, and the bodies that the text is written for."""
        form = cls(formdata=given)
        whole = None if actor.unit_id or actor.subtree_id else _("The whole organisation")
        form.unit.choices = choices(((unit.id, unit.name) for unit in units), whole)
        form.forum.choices = choices((one, forum_words(one)) for one in version.forums)
        return form

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to choose."""
        return len(self.unit.choices or ()) == 1 and len(self.forum.choices or ()) == 1

    @property
    def unit_id(self) -> UUID | None:
        """The chosen unit, else the first that can be chosen; None: the organisation as a whole."""
        return as_id(_offered(self.unit))

    @property
    def chosen_forum(self) -> str:
        """The chosen body, else the first that the text is written for."""
        return _offered(self.forum)

    def chosen(self, version: ModelVersion) -> dict[str, Any]:
        """What the form of a new motion begins with."""
        found = {"text": str(version.id), "forum": self.chosen_forum, "unit": _offered(self.unit)}
        return {name: value for name, value in found.items() if value}


class TakeOverForm(Form):
    """The draft and the version as the page showed them; beside them one choice for each question."""

    version = VersionField()
    to = HiddenField()

    def choices(self, given: Mapping[str, str]) -> dict[str, Choice]:
        """The answers, by the key of each question; what is no choice counts as none."""
        known = set(Choice)
        return {
            key.removeprefix("q-"): Choice(said)
            for key, said in given.items()
            if key.startswith("q-") and said in known
        }


def _offered(field: SelectField) -> str:
    offered = [str(one.value) for one in field.choices or ()]  # type: ignore[union-attr]
    return str(field.data) if field.data in offered else (offered[0] if offered else "")
