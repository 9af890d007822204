"""Settling what is uncertain: evidence of delivery, evidence of absence, or a person's decision. Never by
itself.
"""

import re
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from organising.mailings.models import Delivery
from organising.mailings.queries import get_own
from organising.mailings.states import UNSETTLED, DeliveryState, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission

from .sending import finish, ring

MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
BARE_ID = re.compile(r"[0-9a-fA-F-]{36}@[^<>\s,;]+")


def mark_delivered(actor: Actor, mailing_id: UUID, delivery_id: UUID, evidence: str) -> Delivery:
    """A person has evidence that it arrived."""
    delivery = _unsettled(actor, mailing_id, delivery_id)
    if not evidence.strip():
        raise Invalid("Say how you know that it arrived.")
    _become(delivery, DeliveryState.ACCEPTED, f"settled: {evidence.strip()}")
    audit.record(actor, "delivery.marked_delivered", "delivery", delivery.id, mailing=str(mailing_id))
    db.session.flush()
    finish(actor, mailing_id)
    return delivery


def hold(actor: Actor, mailing_id: UUID, delivery_id: UUID) -> Delivery:
    """There is no evidence either way: leave it, and say that a person has looked."""
    delivery = _unsettled(actor, mailing_id, delivery_id)
    _become(delivery, DeliveryState.HELD, "a person looked and left it")
    audit.record(actor, "delivery.held", "delivery", delivery.id, mailing=str(mailing_id))
    return delivery


def send_again(actor: Actor, mailing_id: UUID, delivery_ids: Collection[UUID]) -> int:
    """A person decides that these did not arrive and go once more; answers how many."""
    actor.check(Permission.MAILINGS_SEND)
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.state not in (MailingState.SENDING, MailingState.PAUSED, MailingState.SENT):
        raise Conflict("This mailing is over, so nothing of it is sent again.")
    statement = (
        select(Delivery)
        .where(
            Delivery.mailing_id == mailing.id, Delivery.id.in_(delivery_ids), Delivery.state.in_(UNSETTLED)
        )
        .with_for_update()
    )
    deliveries = db.session.scalars(statement).all()
    for delivery in deliveries:
        # The fence shuts out whoever held it before, should they still be there.
        delivery.fence += 1
        delivery.next_at = now()
        delivery.absence = None
        _become(delivery, DeliveryState.QUEUED, "a person had it sent again")
        audit.record(actor, "delivery.sent_again", "delivery", delivery.id, mailing=str(mailing_id))
    if deliveries:
        mailing.become(MailingState.SENDING)
        mailing.finished_at = None
        ring(mailing)
    return len(deliveries)


def settle_from_log(
    actor: Actor, mailing_id: UUID, lines: Iterable[str], *, complete: bool
) -> tuple[int, int, int]:
    """Settle by the relay's log of accepted messages; answers ``(accepted, provably absent, still
    uncertain)``.

    A line may be a Message-ID or hold one. Only a ``complete`` log proves absence; even then a person decides
    whether to send again.
    """
    mailing = get_own(actor, mailing_id, lock=True)
    accepted = {found for line in lines for found in _ids(line)}
    statement = (
        select(Delivery)
        .where(Delivery.mailing_id == mailing.id, Delivery.state.in_(UNSETTLED))
        .with_for_update()
    )
    found = absent = left = 0
    for delivery in db.session.scalars(statement):
        if delivery.message_id in accepted:
            _become(delivery, DeliveryState.ACCEPTED, "settled: in the relay's log of accepted messages")
            found += 1
        elif complete:
            delivery.absence = "not in the relay's complete log"
            absent += 1
        else:
            left += 1
    audit.record(
        actor,
        "mailing.settled_from_log",
        "mailing",
        mailing.id,
        accepted=found,
        absent=absent,
        left=left,
        complete=complete,
    )
    db.session.flush()
    finish(actor, mailing_id)
    return found, absent, left


def _ids(line: str) -> list[str]:
    return [*MESSAGE_ID.findall(line), *(f"<{bare}>" for bare in BARE_ID.findall(line))]


def _unsettled(actor: Actor, mailing_id: UUID, delivery_id: UUID) -> Delivery:
    actor.check(Permission.MAILINGS_SEND)
    get_own(actor, mailing_id, lock=True)
    statement = (
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.mailing_id == mailing_id)
        .with_for_update()
    )
    delivery = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if delivery is None:
        raise NotFound
    if delivery.state not in UNSETTLED:
        raise Conflict("This message has been settled meanwhile.")
    return delivery


def _become(delivery: Delivery, state: DeliveryState, reply: str) -> None:
    delivery.state, delivery.last_reply, delivery.changed_at, delivery.lease_until = state, reply, now(), None
