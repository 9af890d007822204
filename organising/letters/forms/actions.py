"""What staff write about an action, and what an MP answered."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from organising.mailings.content import in_one_line
from organising.organisations.queries import list_open_asks
from organising.platform.forms import Form

from ..content import plain_text
from ..services.actions import ActionWords


class ActionForm(Form):
    """What people are asked to write about."""

    title = StringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=120)])
    slug = StringField(
        _l("Short address"), [InputRequired(_l("Give it a short address.")), Length(min=2, max=60)]
    )
    ask_id = SelectField(_l("Ask"), [Optional()])
    standfirst = TextAreaField(
        _l("Introduction"),
        [InputRequired(_l("Say in two or three sentences what this is about.")), Length(max=1000)],
    )
    prompts = TextAreaField(
        _l("Questions to write by"),
        [InputRequired(_l("Write at least one question.")), Length(max=2000)],
    )
    subject = StringField(_l("Suggested subject"), [InputRequired(_l("Suggest a subject.")), Length(max=150)])

    def offer(self, campaign_id: UUID | None) -> None:
        """Fill in the campaign's asks."""
        asks = [(str(ask.id), f"{ask.code}: {ask.wording}") for ask in list_open_asks(campaign_id)]
        self.ask_id.choices = [("", _("None in particular")), *asks]

    def words(self) -> ActionWords:
        """What was written."""
        return ActionWords(
            slug=(self.slug.data or "").strip().lower(),
            title=in_one_line(self.title.data or ""),
            standfirst=plain_text(self.standfirst.data or ""),
            prompts=plain_text(self.prompts.data or ""),
            subject=in_one_line(self.subject.data or ""),
            ask_id=UUID(self.ask_id.data) if self.ask_id.data else None,
        )


class AnswerForm(Form):
    """What an MP answered, taken down to be passed on."""

    holding_id = SelectField(_l("Whose answer it is"), [InputRequired(_l("Choose the MP."))])
    answer = TextAreaField(
        _l("The answer"), [InputRequired(_l("Copy what the MP answered.")), Length(max=20_000)]
    )
    sure = BooleanField(
        _l("It holds nothing about any one person"), [InputRequired(_l("Read it once more, and say so."))]
    )

    def offer(self, members: Sequence[tuple[UUID, str]]) -> None:
        """Fill in the MPs to whom letters have left."""
        self.holding_id.choices = [("", _("Choose")), *((str(one), name) for one, name in members)]
