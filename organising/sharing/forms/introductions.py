"""What people fill in about an introduction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Optional

from ...platform.form_parts import Boxes, Confirming, DayField, choices
from ...platform.given import as_id
from ..services.introductions import FIELDS, IntroductionDraft
from ..words import SAID_HOW


class IntroductionForm(Confirming):
    """To which partner, what goes, and the consent of the person. ``shown``: what the preview showed."""

    receiver_id = SelectField(_l("To which partner"), validate_choice=False)
    fields = Boxes(
        _l("What goes, beside the name"),
        validate_choice=False,
    )
    consent_words = TextAreaField(
        _l("What they said, in their own words"),
        filters=[lambda text: " ".join((text or "").replace("\0", "").split())],
    )
    consent_how = SelectField(
        _l("How they said it"), choices=choices(SAID_HOW.items()), validate_choice=False
    )
    consent_on = DayField(_l("On which day"), validators=[Optional()])
    shown = HiddenField()

    def offer(self, partners: Iterable[tuple[UUID, str]], passable: Iterable[tuple[str, Any]]) -> None:
        """Set what may be chosen: partners, and the fields that there are, each with its value."""
        self.receiver_id.choices = choices(((str(key), name) for key, name in partners), _l("Choose"))
        self["fields"].choices = choices(passable)

    def draft(self) -> IntroductionDraft:
        """What was typed, for the services to judge."""
        ticked = self["fields"].data or ()
        return IntroductionDraft(
            receiver_id=as_id(self.receiver_id.data),
            fields=tuple(name for name in FIELDS if name in ticked),
            consent_words=self.consent_words.data or "",
            consent_how=self.consent_how.data or "",
            consent_on=self.consent_on.data,
        )
