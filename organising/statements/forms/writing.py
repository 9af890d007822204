"""A statement's text, its plan, and a correction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from organising.organisations.queries import Partner
from organising.platform.form_parts import Boxes, VersionField, add_error
from organising.platform.forms import Form
from organising.platform.given import paragraphs
from organising.platform.moments import InstantField
from organising.statements.kinds import KINDS
from organising.statements.models.statements import (
    LONGEST_BODY,
    LONGEST_HEADLINE,
    LONGEST_NOTE,
    LONGEST_TITLE,
    Statement,
)
from organising.statements.queries import Asked, Filters
from organising.statements.services.drafting import Text
from organising.statements.services.planning import Plan
from organising.statements.states import Kind, State
from organising.statements.words import STATES

ALPHABETICAL, LEAD_FIRST = "alphabetical", "lead_first"
PUT_AWAY = "put_away"


def one_line(text: str | None) -> str:
    """Words in one line."""
    return " ".join((text or "").split())


class TextForm(Form):
    """``number``: the version that is being edited."""

    headline = StringField(
        _l("Headline"), [DataRequired(_l("Give it a headline.")), Length(max=LONGEST_HEADLINE)]
    )
    body = TextAreaField(_l("Text"), [DataRequired(_l("Write the text.")), Length(max=LONGEST_BODY)])
    number = VersionField()

    def text(self) -> Text:
        """What was written, once it is found right."""
        return Text(one_line(self.headline.data), paragraphs(self.body.data))


class NewForm(TextForm):
    """The first text of a statement, with its kind and working name."""

    kind = SelectField(_l("Kind"), [DataRequired()])
    title = StringField(
        _l("Working name"), [DataRequired(_l("Give it a name to find it by.")), Length(max=LONGEST_TITLE)]
    )

    def __init__(self, *args: Any, **kept: Any) -> None:
        super().__init__(*args, **kept)
        self.kind.choices = [(str(kind), words) for kind, words in KINDS.items()]

    def chosen_kind(self) -> Kind:
        """The checked kind."""
        return Kind(self.kind.data)


class CorrectionForm(TextForm):
    """A correction of what is released."""

    note = TextAreaField(
        _l("What was wrong, and what is right"),
        [
            DataRequired(_l("Say what is put right: everybody reads it on the page.")),
            Length(max=LONGEST_NOTE),
        ],
    )

    def words(self) -> str:
        """The note as it is published."""
        return one_line(self.note.data)


class PlanForm(Form):
    """Whom it is put to, by when, and when everybody may read it. Times are London's."""

    title = StringField(
        _l("Working name"), [DataRequired(_l("Give it a name to find it by.")), Length(max=LONGEST_TITLE)]
    )
    consulted = Boxes(_l("Partners who comment"), [Optional()])
    signing = Boxes(_l("Members asked for their name"), [Optional()])
    soft_deadline = InstantField(_l("Please answer by"), [Optional()])
    hard_deadline = InstantField(_l("Last moment to sign"), [Optional()])
    embargo_at = InstantField(_l("Embargo until"), [Optional()])
    order = SelectField(_l("Order of names"), [DataRequired()])

    @classmethod
    def of(cls, statement: Statement, asked: Sequence[Asked], partners: Sequence[Partner]) -> "PlanForm":
        """The form as the plan stands."""
        form = cls(
            data={
                "title": statement.title,
                "consulted": [str(one.organisation.id) for one in asked],
                "signing": [str(one.organisation.id) for one in asked if one.may_sign],
                "soft_deadline": statement.soft_deadline,
                "hard_deadline": statement.hard_deadline,
                "embargo_at": statement.embargo_at,
                "order": LEAD_FIRST if statement.lead_first else ALPHABETICAL,
            }
        )
        own = statement.organisation_id
        form.order.choices = [(ALPHABETICAL, _l("By name")), (LEAD_FIRST, _l("The lead first, then by name"))]
        form.consulted.choices = [
            (str(one.organisation.id), one.organisation.name)
            for one in partners
            if one.organisation.id != own
        ]
        form.signing.choices = [
            (str(one.organisation.id), one.organisation.name)
            for one in partners
            if one.status.may_be_published
        ]
        return form

    def wanted(self) -> Plan:
        """The checked values."""
        return Plan(
            one_line(self.title.data),
            frozenset(UUID(one) for one in self.consulted.data or []),
            frozenset(UUID(one) for one in self.signing.data or []),
            self.soft_deadline.data,
            self.hard_deadline.data,
            self.embargo_at.data,
            self.order.data == LEAD_FIRST,
        )

    def show(self, wrong: dict[str, Any]) -> None:
        """Put a service's reasons beside the fields they are about."""
        for name, reason in wrong.items():
            add_error(self[name], str(reason))


class FilterForm(Form):
    """What the list is narrowed to."""

    class Meta(Form.Meta):
        csrf = False

    kind = SelectField(_l("Kind"), [Optional()])
    state = SelectField(_l("State"), [Optional()])
    q = StringField(_l("Words"), [Optional(), Length(max=100)])

    def __init__(self, *args: Any, **kept: Any) -> None:
        super().__init__(*args, **kept)
        self.kind.choices = [("", _l("All kinds")), *[(str(kind), words) for kind, words in KINDS.items()]]
        states = [(str(state), words) for state, words in STATES.items()]
        self.state.choices = [("", _l("Any")), *states, (PUT_AWAY, _l("Put away"))]

    def filters(self) -> Filters:
        """The chosen values; what is none of a list's counts as nothing."""
        kind = self.kind.data if self.kind.data in list(Kind) else ""
        state = self.state.data if self.state.data in list(State) else ""
        return Filters(kind, state, one_line(self.q.data)[:100], self.state.data == PUT_AWAY)
