"""Forms about institutions: the list's filters, how an ask stands, requests for information."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import Confirming, DayField, as_id, ask_choices, choices
from organising.lobbying.institution_words import INSTITUTION_KINDS, REQUEST_STATES, STATUSES
from organising.lobbying.services.institution_asks import StatusDraft
from organising.lobbying.services.requests import ReplyDraft, RequestDraft
from organising.organisations.models import Ask, Organisation
from organising.organisations.queries.colleagues import Colleague
from organising.platform.clock import today


class InstitutionFilter(Form):
    """The list's filters; they stand in the address."""

    q = SearchField(_l("Name"))
    kind = SelectField(_l("Kind"))
    place = SelectField(_l("Nation or region"))
    lead = SelectField(_l("Who leads"))
    ask = SelectField(_l("Ask"))
    status = SelectField(_l("How the ask stands"))

    def offer(self, asks: Iterable[Ask], partners: Iterable[Organisation], places: Iterable[str]) -> None:
        """Fill the choices; one that is no longer there counts as none."""
        leads = [("nobody", _("Nobody yet")), *((str(one.id), one.short_name) for one in partners)]
        offered = (
            (self.kind, choices(INSTITUTION_KINDS.items(), _("Any kind"))),
            (self.place, choices(((one, one) for one in places), _("Anywhere"))),
            (self.lead, choices(leads, _("Anybody"))),
            (self.ask, ask_choices(asks, _("No ask"))),
            (self.status, choices(STATUSES.items(), _("Any"))),
        )
        for field, known in offered:
            field.choices = known
            field.data = field.data if field.data in [one.value for one in known] else ""


class RequestFilter(Form):
    """The requests' filters; they stand in the address."""

    whose = SelectField(
        _l("Whose"),
        choices=choices(
            [("all", _l("All partners’")), ("ours", _l("Ours")), ("mine", _l("Those that I chase"))]
        ),
        default="all",
    )
    state = SelectField(
        _l("State"),
        choices=choices(
            [
                ("live", _l("Still running")),
                ("overdue", _l("Overdue")),
                *REQUEST_STATES.items(),
                ("any", _l("Any")),
            ]
        ),
        default="live",
    )

    def settle(self) -> None:
        """A choice that there is not counts as the usual one."""
        for field in self:
            if field.data not in [one.value for one in field.choices]:
                field.data = field.default


class StatusForm(Confirming):
    """How an ask stands with an institution."""

    ask_id = SelectField(_l("Which ask?"), validate_choice=False)
    status = RadioField(_l("How does it stand?"), choices=choices(STATUSES.items()), validate_choice=False)
    held_on = DayField(_l("On which day?"), validators=[Optional()])
    words = TextAreaField(_l("What shows it?"))
    url = StringField(_l("Link"))
    request_id = HiddenField()

    def draft(self) -> StatusDraft:
        """What was typed, for the services to judge."""
        return StatusDraft(
            ask_id=as_id(self.ask_id.data),
            status=self.status.data or "",
            held_on=self.held_on.data,
            words=self.words.data or "",
            url=(self.url.data or "").strip(),
            request_id=as_id(self.request_id.data),
        )


class RequestForm(Confirming):
    """A request for information, as it went out."""

    title = StringField(_l("Subject line"))
    ask_id = SelectField(_l("For which ask?"), validate_choice=False)
    wording = TextAreaField(_l("What do you ask for?"))
    sent_on = DayField(_l("When did it go out?"), validators=[Optional()])
    reference = StringField(_l("Their reference number"))
    owner_user_id = SelectField(_l("Who chases it?"), validate_choice=False)

    def offer(self, asks: Iterable[Ask], colleagues: Iterable[Colleague], own: object) -> None:
        """Fill the choices; today, and oneself to chase, where nothing is said yet."""
        self.ask_id.choices = ask_choices(asks, _("No ask"))
        self.owner_user_id.choices = choices((str(one.user_id), one.name) for one in colleagues)
        if not self.is_submitted():
            self.sent_on.data = today()
            self.owner_user_id.data = str(own or "")

    def draft(self) -> RequestDraft:
        """What was typed, for the services to judge."""
        return RequestDraft(
            title=self.title.data or "",
            wording=self.wording.data or "",
            sent_on=self.sent_on.data,
            ask_id=as_id(self.ask_id.data),
            reference=self.reference.data or "",
            owner_user_id=as_id(self.owner_user_id.data),
        )


class ReplyForm(Confirming):
    """What came of a request."""

    state = SelectField(_l("What became of it?"), validate_choice=False)
    on = DayField(_l("On which day?"), validators=[Optional()])
    words = TextAreaField(_l("What did they say?"))
    url = StringField(_l("Link to the answer"))
    exemption = StringField(_l("Exemption that they name"))
    reference = StringField(_l("Their reference number"))

    def draft(self) -> ReplyDraft:
        """What was typed, for the services to judge."""
        return ReplyDraft(
            on=self.on.data,
            words=self.words.data or "",
            url=(self.url.data or "").strip(),
            exemption=self.exemption.data or "",
            reference=self.reference.data or "",
        )
