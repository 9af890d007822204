"""What people fill in about an approach: shapes only, rules live in the services."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from organising.lobbying.approach_words import CHANNELS, GROUPS, STATES
from organising.lobbying.forms.parts import (
    Boxes,
    Confirming,
    DayField,
    VersionField,
    as_day,
    as_id,
    ask_choices,
    choices,
)
from organising.lobbying.services.approach_drafts import ApproachDraft
from organising.organisations.models import Ask
from organising.organisations.queries import Member
from organising.platform.clock import today
from organising.platform.db import new_id

WEEK = timedelta(days=7)
FORTNIGHT = timedelta(days=13)


class ApproachForm(Confirming):
    """A reservation, first made or opened again; ``version`` is the one that an edit shows."""

    submission_key = HiddenField()
    version = VersionField()
    channel = RadioField(
        _l("How will you approach them?"), choices=choices(CHANNELS.items()), validate_choice=False
    )
    starts_on = DayField(_l("Hold them from"), validators=[Optional()])
    ends_on = DayField(_l("Until"), validators=[Optional()])
    purpose = TextAreaField(_l("What is it for?"))
    ask_ids = Boxes(_l("Asks"), validate_choice=False)
    owner_user_id = SelectField(_l("Who sees to it?"), validate_choice=False)
    due_on = DayField(_l("Next step by"), validators=[Optional()])
    pressure_reason = StringField(_l("Why is this one worth it?"))
    note = TextAreaField(_l("Private note"))

    def offer(self, asks: Iterable[Ask], owners: Iterable[Member]) -> None:
        """Fill the choices."""
        self.ask_ids.choices = ask_choices(asks)
        self.owner_user_id.choices = choices(
            ((str(one.user_id), one.display_name) for one in owners), _("Nobody yet")
        )
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())

    def begin(self, user_id: UUID | None) -> None:
        """What an empty form proposes: a fortnight from today, oneself, the first step within a week."""
        self.starts_on.data = self.starts_on.data or today()
        self.ends_on.data = self.ends_on.data or self.starts_on.data + FORTNIGHT
        self.due_on.data = today() + WEEK
        self.owner_user_id.data = str(user_id)

    def take_free(self, text: str) -> None:
        """Put the days in that the clash offered, written ``2026-12-01/2026-12-14``."""
        first, _slash, last = text.partition("/")
        if as_day(first) and as_day(last):
            self.starts_on.data, self.ends_on.data = as_day(first), as_day(last)
            self.starts_on.raw_data, self.ends_on.raw_data = [first], [last]

    def draft(self, *, person_id: UUID | None, institution_id: UUID | None) -> ApproachDraft:
        """What was typed, for the services to judge."""
        return ApproachDraft(
            channel=self.channel.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            purpose=self.purpose.data or "",
            submission_key=as_id(self.submission_key.data) or new_id(),
            person_id=person_id,
            institution_id=institution_id,
            ask_ids=tuple(found for text in self.ask_ids.data or [] if (found := as_id(text))),
            owner_user_id=as_id(self.owner_user_id.data),
            due_on=self.due_on.data,
            pressure_reason=self.pressure_reason.data or "",
            note=(self.note.data or "").replace("\r\n", "\n"),
        )


class StepForm(Confirming):
    """The next step: the button says which."""

    words = StringField(_l("In a few words"))
    scheduled_on = DayField(_l("Agreed day"), validators=[Optional()])


class OwnerForm(Confirming):
    """Who of the own organisation sees to it."""

    owner_user_id = SelectField(_l("Who sees to it?"), validate_choice=False)

    def offer(self, owners: Iterable[Member]) -> None:
        """Fill the choices."""
        self.owner_user_id.choices = choices(
            ((str(one.user_id), one.display_name) for one in owners), _("Choose someone")
        )


class HandOverForm(Confirming):
    """To which partner, and why."""

    organisation_id = SelectField(_l("To which partner?"), validate_choice=False)
    words = StringField(_l("In a few words"), id="hand-over-words")

    def offer(self, partners: Iterable[tuple[str, str]]) -> None:
        """Fill the choices."""
        self.organisation_id.choices = choices(partners, _("Choose a partner"))


class JoinForm(Confirming):
    """Asking to join, with what one would bring along."""

    words = StringField(_l("In a few words"), id="join-words")


class CancelForm(Confirming):
    """Calling it off, and why."""

    words = StringField(_l("In a few words"), id="cancel-words")


class BudgetForm(FlaskForm):
    """The campaign's pressure budget."""

    mails = IntegerField(_l("Mails"), validators=[Optional()])
    calls = IntegerField(_l("Calls"), validators=[Optional()])
    visits = IntegerField(_l("Meetings, surgeries, visits and events"), validators=[Optional()])


class ApproachFilter(Form):
    """The list's filters: they stand in the address."""

    state = SelectField(_l("State"))
    organisation = SelectField(_l("Partner"))
    channel = SelectField(_l("How"))
    mine = BooleanField(_l("Only mine"))

    def offer(self, partners: Iterable[tuple[str, str]]) -> None:
        """Fill the choices; a choice that is no longer there counts as none."""
        offered = (
            (self.state, choices([*GROUPS.items(), *STATES.items()], _("Any state"))),
            (self.organisation, choices(partners, _("Any partner"))),
            (self.channel, choices(CHANNELS.items(), _("Any way"))),
        )
        for field, known in offered:
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was chosen."""
        return any(field.data for field in self)
