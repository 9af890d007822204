"""Colleagues who answer at the same time: nobody overrules another without having read what they said."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.mailings.models import Mailing, SignOff
from organising.mailings.queries import find_last_decision
from organising.mailings.states import ON_NAME, ON_TEXT, Decision
from organising.platform.actor import Actor
from organising.platform.errors import Conflict
from organising.platform.locks import take_turns
from organising.platform.ui import long_datetime

SAID = {
    Decision.APPROVE: _l("signed it off"),
    Decision.DECLINE: _l("asked for changes"),
    Decision.ENDORSE: _l("put your organisation’s name under it"),
    Decision.DROP_OUT: _l("left your organisation’s name out"),
}


class AnsweredMeanwhile(Conflict):
    """A colleague answered after the page was read: who, when and what. Nothing was changed."""

    code = "answered_meanwhile"

    def __init__(self, sign_off: SignOff) -> None:
        super().__init__(
            _(
                "While you were reading, %(who)s %(said)s, on %(at)s. That stands, and nothing was changed. "
                "Answer again if it should be otherwise.",
                who=sign_off.signer_label,
                said=SAID[Decision(sign_off.decision)],
                at=long_datetime(sign_off.created_at),
            )
        )
        self.sign_off = sign_off


def told_of(actor: Actor, mailing: Mailing, content_hash: str) -> tuple[str, str]:
    """What a page tells that the actor's organisation has decided so far, as its forms send it back: on the text, and
    on the name.
    """
    found = [
        find_last_decision(mailing.id, actor.organisation_id, content_hash, about)
        for about in (ON_TEXT, tuple(ON_NAME))
    ]
    text, name = (str(one.id) if one else "" for one in found)
    return text, name


def find_same(
    actor: Actor, mailing_id: UUID, decision: Decision, shown_hash: str, comment: str, told: str | None
) -> SignOff | None:
    """In turn with colleagues: the actor's own answer where the form was sent twice, else ``None``.

    Raises :class:`AnsweredMeanwhile` where the last answer is not the one that the page told of. ``told`` is ``None``
    for an answer that was given without a page.
    """
    take_turns("sign_off", mailing_id, actor.organisation_id)
    about = ON_TEXT if decision in ON_TEXT else tuple(ON_NAME)
    last = find_last_decision(mailing_id, actor.organisation_id, shown_hash, about)
    if last is None or told is None or told == str(last.id):
        return None
    if (last.signer_id, last.decision, last.comment) == (actor.user_id, decision, comment.strip()):
        return last
    raise AnsweredMeanwhile(last)
