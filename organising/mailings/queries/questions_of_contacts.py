"""What segments ask of mail: whether anything went out to an address that is a contact's."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select

from ...contacts.queries.happenings import About, Happening, register_happenings
from ...contacts.queries.keeps import say_keep
from ...contacts.queries.questions import (
    Operator,
    Question,
    Takes,
    Theme,
    begins,
    having,
    having_address,
    register_questions,
)
from ...platform.actor import Actor
from ...platform.clock import today
from ...platform.db import db
from ...platform.permissions import Permission
from ...platform.ui import link
from ...pledges.models import Pledge
from ..models import Delivery, Mailing
from ..states import DeliveryState

# What left the house, whatever became of it there.
LEFT = (DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.REPLIED, DeliveryState.UNCERTAIN)

TOLD = {
    DeliveryState.ACCEPTED: _l("it went"),
    DeliveryState.REPLIED: _l("they answered"),
    DeliveryState.BOUNCED: _l("it came back"),
    DeliveryState.FAILED: _l("it could not be sent"),
    DeliveryState.SUPPRESSED: _l("kept back, as they wish no mail"),
    DeliveryState.UNCERTAIN: _l("whether it arrived is not certain"),
}


@register_questions
def list_mail_questions() -> Iterable[Question]:
    """When mail went to them last."""
    yield Question("mail", _l("Mail from you"), Theme.DID, (
        Operator("within", _l("went to them in the last … days"), _l("mail went to them in the last %(value)s days"),
                 lambda days: _mailed(_since(days)), Takes.DAYS),
        Operator("not_within", _l("did not go to them in the last … days"),
                 _l("no mail went to them in the last %(value)s days"), lambda days: ~_mailed(_since(days)), Takes.DAYS),
        Operator("ever", _l("ever went to them"), _l("mail went to them"), lambda _none: _mailed()),
        Operator("never", _l("never went to them"), _l("no mail ever went to them"), lambda _none: ~_mailed()),
    ), permission=Permission.SIGNERS_VIEW)  # fmt: skip


@register_happenings
def list_mail(actor: Actor, about: About) -> Iterable[Happening]:
    """Mail that went to them, or was about to."""
    if not actor.can(Permission.MAILINGS_VIEW):
        return
    statement = (
        select(Delivery, Mailing.id, Mailing.title)
        .join(
            Mailing,
            and_(Mailing.organisation_id == Delivery.organisation_id, Mailing.id == Delivery.mailing_id),
        )
        .where(Delivery.contact_id == about.contact_id, Delivery.state.in_(TOLD))
        .order_by(Delivery.changed_at.desc())
        .limit(100)
    )
    for delivery, mailing_id, title in db.session.execute(statement):
        words = _("Mail “%(title)s”: %(state)s", title=title, state=TOLD[DeliveryState(delivery.state)])
        yield Happening(delivery.changed_at, words, link("mailings.show", mailing_id=mailing_id))


def _since(days: int) -> Any:
    return Delivery.changed_at >= begins(today() - timedelta(days=days))


def _mailed(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    """To them as a contact, or to the address that they signed with."""
    as_contact = having(Delivery, Delivery.state.in_(LEFT), *when)
    as_signer = (
        select(Pledge.email_key)
        .join(
            Delivery,
            and_(Delivery.organisation_id == Pledge.organisation_id, Delivery.pledge_id == Pledge.id),
        )
        .where(Delivery.state.in_(LEFT), *when)
    )
    return or_(as_contact, having_address(as_signer))


say_keep(Delivery, _l("Mail was made for them"))
