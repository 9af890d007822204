"""A model text, the shelf's filters, and the words that go with sending back and withdrawing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from organising.motions.models.texts import (
    LONGEST_NEWS,
    LONGEST_PART,
    LONGEST_REASON,
    LONGEST_TITLE,
    ModelVersion,
)
from organising.motions.queries.texts import Filters
from organising.motions.services.texts import Model
from organising.motions.states import Forum
from organising.motions.text import MotionText
from organising.motions.words import FORUMS
from organising.organisations.models import Ask
from organising.platform.form_parts import Boxes, VersionField, choices
from organising.platform.forms import Form
from organising.platform.given import as_id, paragraphs
from organising.platform.languages import LANGUAGES


class ModelForm(Form):
    """The words of a model text, one clause per line. ``revision``: the draft that is being edited, 0 for none."""

    language = SelectField(_l("Language"), [Optional()])
    title = StringField(_l("Title"), [DataRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)])
    notes = TextAreaField(_l("Notes"), [Optional(), Length(max=LONGEST_PART)])
    believes = TextAreaField(_l("Believes"), [Optional(), Length(max=LONGEST_PART)])
    resolves = TextAreaField(_l("Resolves"), [Optional(), Length(max=LONGEST_PART)])
    briefing = TextAreaField(_l("Briefing for whoever moves it"), [Optional(), Length(max=LONGEST_PART)])
    forums = Boxes(_l("Written for"), [DataRequired(_l("Choose where it can be put."))])
    asks = Boxes(_l("Asks that it raises"), [Optional()])
    news = TextAreaField(_l("What is new in this version"), [Optional(), Length(max=LONGEST_NEWS)])
    revision = VersionField()

    @classmethod
    def of(cls, version: ModelVersion | None, asks: Sequence[Ask], *, is_draft: bool) -> "ModelForm":
        """The form as a version stands: to edit it, or to begin the next one with its words."""
        given: dict[str, Any] = {"language": "en", "revision": 0}
        if version is not None:
            given = version.text.as_dict() | {
                "briefing": version.briefing,
                "forums": version.forums,
                "asks": [str(one) for one in version.ask_ids],
                "news": version.news if is_draft else "",
                "revision": version.revision if is_draft else 0,
            }
        form = cls(data=given)
        form.language.choices = choices(LANGUAGES.items())
        form.forums.choices = choices(FORUMS.items())
        form.asks.choices = choices((ask.id, f"{ask.code} {ask.wording}") for ask in asks)
        return form

    def model(self) -> Model:
        """What was written, once it is found right."""
        said = {name: self[name].data or "" for name in ("title", "notes", "believes", "resolves")}
        return Model(
            MotionText.of(said | {"title": " ".join(said["title"].split())}),
            tuple(self.forums.data or ()),
            tuple(UUID(one) for one in self.asks.data or ()),
            paragraphs(self.briefing.data),
            paragraphs(self.news.data),
        )


class ShelfForm(Form):
    """What the shelf is narrowed to."""

    class Meta(Form.Meta):
        csrf = False

    forum = SelectField(_l("Put to"), [Optional()])
    ask = SelectField(_l("Ask"), [Optional()])
    language = SelectField(_l("Language"), [Optional()])

    @classmethod
    def of(cls, given: Any, asks: Sequence[Ask]) -> "ShelfForm":
        """As an address says it."""
        form = cls(formdata=given)
        form.forum.choices = choices(FORUMS.items(), _("Any body"))
        form.ask.choices = choices(((ask.id, f"{ask.code} {ask.wording}") for ask in asks), _("All asks"))
        form.language.choices = choices(LANGUAGES.items(), _("Any language"))
        return form

    def filters(self) -> Filters:
        """The chosen values; what is none of a list's counts as nothing."""
        return Filters(
            self.forum.data if self.forum.data in list(Forum) else "",
            as_id(self.ask.data),
            self.language.data if self.language.data in LANGUAGES else "",
        )


class NoteForm(Form):
    """What the coordinator asks for before a text is published."""

    note = TextAreaField(
        _l("What should change first"),
        [DataRequired(_l("Say what should change.")), Length(max=LONGEST_NEWS)],
    )


class WithdrawalForm(Form):
    """Why a version is taken out of use."""

    number = VersionField()
    reason = StringField(
        _l("Why"),
        [DataRequired(_l("Say why: whoever has used it reads it.")), Length(max=LONGEST_REASON)],
    )
