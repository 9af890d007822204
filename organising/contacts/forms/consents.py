"""What somebody agreed to, as it is typed; and the words of a purpose."""

from collections.abc import Sequence
from textwrap import shorten
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ...platform.clock import today
from ...platform.db import new_id
from ...platform.form_parts import Boxes, Confirming, DayField, choices
from ...platform.given import as_id
from ..models import ConsentChannel, ConsentDecision, ConsentPurpose, ConsentSource, ConsentWording
from ..services.consents import ConsentDraft
from ..words import CHANNELS, CONSENT_SOURCES, DECISIONS, SUPPORTED_BY
from .contacts import plain

# So much of a text tells its versions apart.
SHORT = 70
ASKED = (ConsentDecision.GIVEN, ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
# What only the people themselves do, and what only a file does.
NOT_TYPED = (
    ConsentSource.IMPORT,
    ConsentSource.CONFIRMED,
    ConsentSource.OWN_PAGE,
    ConsentSource.UNSUBSCRIBED,
    ConsentSource.NOT_ME,
)


class ConsentForm(Confirming):
    """A decision for one purpose. Nothing is ticked beforehand: what nobody said is not kept as said."""

    submission_key = HiddenField()
    decision = RadioField(
        _l("What did they say?"),
        choices=choices((one, DECISIONS[one]) for one in ASKED),
        validate_choice=False,
    )
    channels = Boxes(
        _l("How may you reach them for this?"),
        choices=choices((one, word) for one, word in CHANNELS.items() if one != ConsentChannel.RECORD),
        validate_choice=False,
    )
    supported_by = RadioField(
        _l("How did you come by their details?"),
        choices=choices(SUPPORTED_BY.items()),
        validate_choice=False,
    )
    value = StringField(_l("What they agreed that you keep"), filters=[plain])
    wording = SelectField(_l("The words that they agreed to"), validate_choice=False)
    decided_on = DayField(_l("When did they say so?"), validators=[Optional()])
    source = SelectField(
        _l("How did they say so?"),
        choices=choices((one, word) for one, word in CONSENT_SOURCES.items() if one not in NOT_TYPED),
        default=ConsentSource.IN_PERSON,
        validate_choice=False,
    )
    evidence = StringField(_l("Evidence"), filters=[plain])

    def offer(
        self, purpose: ConsentPurpose, wordings: Sequence[ConsentWording], *, is_charity: bool = False
    ) -> None:
        """Fill the choices; today where nothing is said yet. A charity may note a supporter who did not refuse."""
        if is_charity and not purpose.is_special:
            self.decision.choices = choices(
                (one, DECISIONS[one]) for one in (*ASKED, ConsentDecision.SOFT_OPT_IN)
            )
        else:
            del self.supported_by
        if purpose.is_special:
            del self.channels
        else:
            del self.value
        if len(wordings) > 1:
            self.wording.choices = choices((str(one.id), _short(one)) for one in wordings)
        else:
            del self.wording
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())
        if not self.is_submitted():
            self.decided_on.data = today()

    def draft(self, purpose: ConsentPurpose) -> ConsentDraft:
        """What was typed, for the services to judge."""
        channels, value, wording, support = (
            self._fields.get(name) for name in ("channels", "value", "wording", "supported_by")
        )
        return ConsentDraft(
            purpose=purpose,
            decision=self.decision.data or "",
            submission_key=UUID(self.submission_key.data or ""),
            channels=tuple(channels.data or ()) if channels is not None else (),
            decided_on=self.decided_on.data,
            source=self.source.data or "",
            evidence=self.evidence.data or "",
            wording_id=as_id(wording.data) if wording is not None else None,
            value=(value.data or "") if value is not None else "",
            supported_by=(support.data or "") if support is not None else "",
        )


def _short(wording: ConsentWording) -> str:
    begins = shorten(wording.text, SHORT, placeholder="…")
    return _("Version %(number)s: %(begins)s", number=wording.version, begins=begins)


class WordingForm(Confirming):
    """New words for one purpose."""

    text = TextAreaField(_l("The words"), filters=[plain])
