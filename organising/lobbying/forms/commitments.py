"""What people fill in about a promise, its evidence and its day, and the filters of the list."""

from collections.abc import Iterable
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from organising.lobbying.commitment_states import FIRST, CommitmentState
from organising.lobbying.forms.parts import (
    Confirming,
    DayField,
    VersionField,
    as_day,
    as_id,
    ask_choices,
    choices,
)
from organising.lobbying.models import EvidenceKind
from organising.lobbying.services.commitment_steps import EvidenceDraft
from organising.lobbying.services.commitments import CommitmentDraft
from organising.lobbying.words import COMMITMENT_KINDS, COMMITMENT_STATES, EVIDENCE_KINDS
from organising.organisations.models import Ask
from organising.organisations.queries.colleagues import Colleague
from organising.platform.clock import today


class Dated(Confirming):
    """A form with a day that a caution may offer to better."""

    due_on = DayField(_l("By when?"), validators=[Optional()])

    def take_offer(self) -> None:
        """Put in the day that the pressed button offered."""
        offered = as_day(request.form.get("instead", ""))
        if offered is not None:
            self.due_on.data = offered
            self.due_on.raw_data = [offered.isoformat()]


class CommitmentForm(Dated):
    """A promise, written down outside a contact or changed later."""

    kind = SelectField(_l("What will they do?"), validate_choice=False)
    words = TextAreaField(_l("In their words"))
    ask_id = SelectField(_l("For which ask?"), validate_choice=False)
    state = RadioField(
        _l("How far did they go?"),
        choices=choices((state, COMMITMENT_STATES[state]) for state in FIRST),
        default=CommitmentState.PROMISED,
        validate_choice=False,
    )
    said_on = DayField(_l("When did they say so?"), validators=[Optional()])
    owner_user_id = SelectField(_l("Who chases it?"), validate_choice=False)
    version = VersionField()

    def offer(self, asks: Iterable[Ask], colleagues: Iterable[Colleague], own: UUID | None) -> None:
        """Fill the choices; today, and oneself to chase, where nothing is said yet."""
        self.kind.choices = choices(COMMITMENT_KINDS.items(), _("Choose what"))
        self.ask_id.choices = ask_choices(asks, _("No ask"))
        self.owner_user_id.choices = choices((str(one.user_id), one.name) for one in colleagues)
        if not self.is_submitted():
            self.said_on.data = self.said_on.data or today()
            self.owner_user_id.data = self.owner_user_id.data or (str(own) if own else "")

    def draft(self) -> CommitmentDraft:
        """What was typed, for the services to judge."""
        return CommitmentDraft(
            kind=self.kind.data or "",
            words=self.words.data or "",
            ask_id=as_id(self.ask_id.data),
            state=self.state.data or "",
            said_on=self.said_on.data,
            due_on=self.due_on.data,
            owner_user_id=as_id(self.owner_user_id.data),
        )


class EvidenceForm(Confirming):
    """What shows that a promise was kept."""

    kind = RadioField(
        _l("What shows it?"),
        choices=choices(EVIDENCE_KINDS.items()),
        default=EvidenceKind.PARLIAMENT_RECORD,
        validate_choice=False,
    )
    url = StringField(_l("Link"))
    words = TextAreaField(_l("Or in a line"))
    seen_on = DayField(_l("On which day?"), validators=[Optional()])

    def draft(self) -> EvidenceDraft:
        """What was typed, for the services to judge."""
        return EvidenceDraft(
            self.kind.data or "", (self.url.data or "").strip(), self.words.data or "", self.seen_on.data
        )


class StateForm(Confirming):
    """What became of a promise, and why; ``back`` is where the button stood."""

    state = HiddenField()
    reason = StringField(_l("Why?"))


class PromiseFilter(Form):
    """The list's filters; they stand in the address, so there is nothing to protect and nothing to save."""

    q = SearchField(_l("Words, a name or a constituency"))
    state = SelectField(_l("State"))
    party = SelectField(_l("Party"))
    place = SelectField(_l("Nation or region"))
    kind = SelectField(_l("What"))
    ask = SelectField(_l("Ask"))
    organisation = SelectField(_l("Partner"))
    mine = BooleanField(_l("Only those that I chase"))

    def offer(
        self,
        *,
        partners: Iterable[tuple[str, str]],
        parties: Iterable[tuple[str, str]],
        places: Iterable[str],
        asks: Iterable[tuple[str, str]],
    ) -> None:
        """Fill the choices with what there is; a choice that is no longer there counts as none."""
        states = [
            ("open", _("Open")),
            ("overdue", _("Overdue")),
            *COMMITMENT_STATES.items(),
            ("all", _("All of them")),
        ]
        offered = (
            (self.state, choices(states)),
            (self.party, choices(parties, _("Any party"))),
            (self.place, choices(((one, one) for one in places), _("Anywhere"))),
            (self.kind, choices(COMMITMENT_KINDS.items(), _("Anything"))),
            (self.ask, choices(asks, _("Any ask"))),
            (self.organisation, choices(partners, _("Any partner"))),
        )
        for field, known in offered:
            field.choices = known
            first = known[0].value
            field.data = field.data if field.data in [one.value for one in known] else first

    def said(self, name: str) -> str:
        """What is chosen in a field, as people read it; nothing where nothing is."""
        field = self[name]
        labels = {one.value: str(one.label) for one in field.choices}
        return labels.get(field.data, "") if field.data else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the open ones was asked for."""
        return self.state.data != "open" or any(field.data for field in self if field.name != "state")
