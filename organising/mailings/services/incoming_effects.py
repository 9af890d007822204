"""What follows from mail that came back. In doubt nothing does, and a person decides.

A delivery that a runner still holds is left alone: its answer is due, and the message is read again then.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.mailings.incoming import Bounce, Incoming, Judgement, Severity, Verdict, Why
from organising.mailings.incoming.bounces import notice
from organising.mailings.incoming.human import own_words
from organising.mailings.incoming.states import CameBy
from organising.mailings.models import Delivery, IncomingMessage
from organising.mailings.queries import get_own
from organising.mailings.states import ARRIVED, UNSETTLED, DeliveryState, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db

from . import refusals
from .sending import finish, stop
from .suppressions import address_of_delivery, without_address

IN_FLIGHT = (DeliveryState.LEASED, DeliveryState.COMMITTED)
LONGEST_REPLY = 500


@dataclass(frozen=True)
class Outcome:
    """What became of a message: ``settled`` by itself or left to a person, ``why``, and the words to keep."""

    settled: bool
    words: str
    why: Why | None = None


def follow(actor: Actor, row: IncomingMessage, message: Incoming, judgement: Judgement) -> Outcome | None:
    """Let a message take effect on the delivery it is about; ``None`` where that has to wait."""
    delivery = lock_delivery(actor, row)
    if delivery is not None and delivery.state in IN_FLIGHT:
        return None
    if delivery is not None and message.message_id == delivery.message_id:
        return Outcome(False, own_words(message.text), Why.OWN_MESSAGE)
    if judgement.verdict is Verdict.BOUNCE and judgement.bounce is not None:
        why = _why_not(row, judgement.bounce, delivery)
        if why is None and delivery is not None:
            _bounce(actor, delivery, judgement.bounce)
        return Outcome(why is None, judgement.bounce.diagnostic or notice(message), why)
    if judgement.arrived and delivery is not None:
        _has_arrived(actor, delivery, judgement)
    return Outcome(judgement.verdict is Verdict.AUTOMATIC, own_words(message.text) or message.text)


def lock_delivery(actor: Actor, row: IncomingMessage) -> Delivery | None:
    """The delivery that a message is about, locked after its mailing, as whoever else changes both does."""
    if row.delivery_id is None or row.mailing_id is None:
        return None
    get_own(actor, row.mailing_id, lock=True)
    return _locked(row.delivery_id)


def become(actor: Actor, delivery: Delivery, state: DeliveryState, reply: str, event: str) -> None:
    """Move a delivery that no runner holds; neither fence nor attempts are touched."""
    assert delivery.state not in IN_FLIGHT, "a runner's delivery is the runner's"
    delivery.state, delivery.last_reply, delivery.changed_at = state, reply[:LONGEST_REPLY], now()
    audit.record(actor, event, "delivery", delivery.id, mailing=str(delivery.mailing_id))
    db.session.flush()
    finish(actor, delivery.mailing_id)


def _locked(delivery_id: UUID) -> Delivery | None:
    statement = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _why_not(row: IncomingMessage, bounce: Bounce, delivery: Delivery | None) -> Why | None:
    """Why a bounce is not taken for one of this delivery, or ``None``."""
    if row.came_by != CameBy.BOUNCE or delivery is None:
        return Why.UNPROVEN
    if bounce.original_id is not None and bounce.original_id != delivery.message_id:
        return Why.OTHER_MESSAGE
    # An erased signer's address is gone; the return path alone then says whose it is.
    address = address_of_delivery(delivery)
    if address is not None and address.lower() not in bounce.recipients:
        return Why.OTHER_RECIPIENT
    if delivery.state not in (*ARRIVED, DeliveryState.BOUNCED):
        return Why.NOT_SENT
    return None


def _bounce(actor: Actor, delivery: Delivery, bounce: Bounce) -> None:
    if delivery.state == DeliveryState.BOUNCED:
        return
    said = words_about(delivery, " ".join(filter(None, ("came back:", bounce.status, bounce.diagnostic))))
    become(actor, delivery, DeliveryState.BOUNCED, said, "delivery.bounced")
    address = address_of_delivery(delivery)
    if bounce.severity is Severity.HARD and address is not None:
        if not delivery.is_private:
            refusals.cross_off(actor, [address])
        else:
            refusals.cross_off_person(actor, address)
    mailing = get_own(actor, delivery.mailing_id, lock=True)
    if mailing.state != MailingState.SENDING:
        return
    reason = refusals.why_too_many(mailing)
    if bounce.severity is Severity.BLOCKED:
        reason = refusals.POLICY.format(reply=said)
    if reason is not None:
        stop(actor, mailing, reason)


def words_about(delivery: Delivery, words: str) -> str:
    """What a server said of a message; for one to a person without their address, or nothing but the status of it."""
    if not delivery.is_private:
        return words
    address = address_of_delivery(delivery)
    return without_address(words, address) if address else "came back"


def _has_arrived(actor: Actor, delivery: Delivery, judgement: Judgement) -> None:
    """Evidence of delivery settles an uncertain one."""
    address = address_of_delivery(delivery)
    elsewhere = judgement.recipients and (address is None or address.lower() not in judgement.recipients)
    if delivery.state in UNSETTLED and not elsewhere:
        become(
            actor, delivery, DeliveryState.ACCEPTED, "settled: something came back for it", "delivery.proven"
        )
