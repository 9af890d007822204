"""What people fill in about a position."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from organising.lobbying.forms.parts import Confirming, DayField, as_id, ask_choices, choices
from organising.lobbying.models import Confidence
from organising.lobbying.services import PositionDraft, SettlementDraft
from organising.lobbying.words import BASES, CONFIDENCE, POSITIONS
from organising.organisations.models import Ask, Organisation
from organising.platform.clock import today


class PositionForm(Confirming):
    """A position claimed outside a contact."""

    ask_id = SelectField(_l("On which ask?"), validate_choice=False)
    position = RadioField(
        _l("Where do they stand?"), choices=choices(POSITIONS.items()), validate_choice=False
    )
    basis = SelectField(_l("What does this rest on?"), validate_choice=False)
    held_on = DayField(_l("Since when do you know?"), validators=[Optional()])
    confidence = SelectField(
        _l("How sure are you?"),
        choices=choices(CONFIDENCE.items()),
        default=Confidence.MEDIUM,
        validate_choice=False,
    )
    evidence_url = StringField(_l("Link to the evidence"))

    def offer(self, asks: Iterable[Ask]) -> None:
        """Fill the choices; today where no day is said yet."""
        self.ask_id.choices = ask_choices(asks, _("Choose an ask"))
        self.basis.choices = choices(BASES.items(), _("Choose what shows it"))
        if not self.is_submitted():
            self.held_on.data = self.held_on.data or today()

    def draft(self) -> PositionDraft:
        """What was typed, for the services to judge."""
        return PositionDraft(
            ask_id=as_id(self.ask_id.data),
            position=self.position.data or "",
            basis=self.basis.data or "",
            confidence=self.confidence.data or "",
            evidence_url=(self.evidence_url.data or "").strip(),
            held_on=self.held_on.data,
        )


class SettlementForm(Confirming):
    """How a dispute is settled, and why."""

    position = RadioField(
        _l("Where do they stand?"), choices=choices(POSITIONS.items()), validate_choice=False
    )
    reason = TextAreaField(_l("Why?"))
    seen = HiddenField()

    def draft(self) -> SettlementDraft:
        """What was typed, for the services to judge."""
        return SettlementDraft(self.position.data or "", self.reason.data or "", self.seen.data or "")


class ResolverForm(Confirming):
    """Who settles a dispute."""

    organisation = SelectField(_l("Who settles it?"), validate_choice=False)

    def offer(self, partners: Iterable[Organisation]) -> None:
        """Fill the choices."""
        self.organisation.choices = choices(
            ((str(one.id), one.short_name) for one in partners), _("Choose a partner")
        )
