"""What segments ask of consent, for each purpose and channel. Never of what is kept only with explicit consent."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from ..models import ConsentChannel, ConsentDecision, ConsentPurpose, Contact, ContactConsent
from ..words import CHANNELS, PURPOSES
from .consents import list_standing_in
from .questions import Operator, Question, Theme, among, having, register_questions


@register_questions
def list_consent_questions() -> Iterable[Question]:
    """One question for each purpose and channel by which somebody can be written to."""
    for purpose in ConsentPurpose:
        for channel in ConsentChannel:
            if not purpose.is_special and channel is not ConsentChannel.RECORD:
                yield _question(purpose, channel)


def _question(purpose: ConsentPurpose, channel: ConsentChannel) -> Question:
    label = f"{PURPOSES[purpose]} {CHANNELS[channel]}"

    def decided(decision: ConsentDecision) -> ColumnElement[bool]:
        return among(Contact.id, list_standing_in(purpose, channel, decision))

    def _about() -> tuple[ColumnElement[bool], ...]:
        return ContactConsent.purpose == purpose, ContactConsent.channel == channel

    given, refused, withdrawn = ConsentDecision.GIVEN, ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN
    return Question(f"consent.{purpose}.{channel}", label, Theme.AGREED, (
        Operator("yes", _l("they say yes"), _("they say yes to %(what)s", what=label), lambda _none: decided(given)),
        Operator("not_yes", _l("there is no yes"), _("there is no yes of theirs to %(what)s", what=label), lambda _none: ~decided(given)),
        Operator("no", _l("they said no"), _("they said no to %(what)s", what=label), lambda _none: decided(refused)),
        Operator("withdrawn", _l("they took it back"), _("they took back their yes to %(what)s", what=label),
                 lambda _none: decided(withdrawn)),
        Operator("soft", _l("the soft opt-in holds"), _("the soft opt-in holds for %(what)s", what=label),
                 lambda _none: decided(ConsentDecision.SOFT_OPT_IN)),
        Operator("not_asked", _l("they were not asked"), _("they were not asked about %(what)s", what=label),
                 lambda _none: ~having(ContactConsent, *_about())),
    ))  # fmt: skip
