"""Triage: a person says what an answer is, and what follows from it. What counts is what a person decided."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import EngagementKind
from organising.lobbying.services import EngagementDraft, FollowUpDraft, add_follow_up, log_engagement
from organising.mailings.incoming import ANSWERS, ReplyClass
from organising.mailings.incoming.states import IncomingState
from organising.mailings.models import Delivery, IncomingMessage, Mailing
from organising.mailings.queries import get_own
from organising.mailings.queries.incoming import get_incoming, list_of_delivery
from organising.mailings.states import ARRIVED, DeliveryState
from organising.organisations.models import Ask
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, find
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission

from .incoming import CASEWORK_DAYS
from .incoming_effects import become, lock_delivery


def decide_class(actor: Actor, incoming_id: UUID, reply_class: str) -> IncomingMessage:
    """A person says what a message is; said otherwise later, it takes effect again. Raises NotFound, Invalid, Conflict."""
    actor.check(Permission.REPLIES_TRIAGE)
    row = _read(incoming_id)
    if reply_class not in list(ReplyClass):
        raise Invalid(_("Say what it is."), reply_class=_("Choose one of these."))
    if reply_class == ReplyClass.CASEWORK and row.engagement_id is not None:
        raise Conflict(
            _("It is in the contact log already. Take it out there first: casework never stands there.")
        )
    decided = ReplyClass(reply_class)
    if row.decide(decided, actor.user_id, actor.display_name, now()):
        row.erase_at = (
            now() + timedelta(days=CASEWORK_DAYS) if row.is_casework and not row.erased_at else None
        )
        audit.record(actor, "reply.decided", "incoming_message", row.id, kind=str(decided))
        db.session.flush()
        delivery = lock_delivery(actor, row)
        if delivery is not None:
            _follow_decision(actor, delivery)
    return row


def log_answer(
    actor: Actor,
    incoming_id: UUID,
    *,
    headline: str,
    attended_by: str,
    outcome: str,
    confirmed: Collection[str] = (),
) -> IncomingMessage:
    """Put an answer on the target's timeline: the headline that a person wrote, and none of the answer's words.

    Raises what :func:`log_engagement` raises; Conflict for casework, which never reaches the timeline.
    """
    actor.check(Permission.REPLIES_TRIAGE)
    row = _read(incoming_id)
    if row.is_casework:
        raise Conflict(_("Casework is never put on the shared timeline."))
    if row.state != IncomingState.DECIDED or row.reply_class not in ANSWERS:
        raise Conflict(_("Say first that it is an answer. Automatic ones are not put on the timeline."))
    if row.person_id is None:
        raise Conflict(_("It is not known whose answer this is."))
    if row.engagement_id is not None:
        return row
    logged = log_engagement(
        actor,
        EngagementDraft(
            person_id=row.person_id,
            happened_on=min(row.created_at.date(), today()),
            kind=EngagementKind.EMAIL,
            headline=headline,
            attended_by=attended_by,
            # One answer makes one record, however often the form is sent.
            submission_key=row.id,
            outcome=outcome,
            ask_ids=_asks(row),
        ),
        confirmed=confirmed,
    )
    row.engagement_id = logged.engagement.id
    audit.record(actor, "reply.logged", "incoming_message", row.id)
    return row


def follow_up_on(
    actor: Actor, incoming_id: UUID, draft: FollowUpDraft, *, confirmed: Collection[str] = ()
) -> IncomingMessage:
    """Plan something to do about an answer, by a day. Raises what :func:`add_follow_up` raises."""
    actor.check(Permission.REPLIES_TRIAGE)
    row = _read(incoming_id)
    if row.person_id is None:
        raise Conflict(_("It is not known whose answer this is."))
    add_follow_up(actor, row.person_id, draft, engagement_id=row.engagement_id, confirmed=confirmed)
    return row


def note_answered(actor: Actor, mailing_id: UUID, delivery_id: UUID) -> Delivery:
    """Somebody answered by another way: by letter, by telephone, in person."""
    actor.check(Permission.REPLIES_TRIAGE)
    delivery = _own_delivery(actor, mailing_id, delivery_id)
    if delivery.state == DeliveryState.REPLIED:
        return delivery
    if delivery.state not in ARRIVED:
        raise Conflict(_("This message did not arrive, as far as is known."))
    become(actor, delivery, DeliveryState.REPLIED, "answered by another way", "delivery.answered_elsewhere")
    return delivery


def look_at_answers(actor: Actor, mailing_id: UUID) -> Mailing:
    """A person has seen who did not answer: it is no longer asked about."""
    actor.check(Permission.REPLIES_TRIAGE)
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.answers_looked_at is None:
        mailing.answers_looked_at = now()
        audit.record(actor, "mailing.answers_looked_at", "mailing", mailing.id)
    return mailing


def _read(incoming_id: UUID) -> IncomingMessage:
    row = get_incoming(incoming_id, lock=True)
    if row.state == IncomingState.RECEIVED:
        raise Conflict(_("It has only just come and is not read yet. Try again in a minute."))
    return row


def _own_delivery(actor: Actor, mailing_id: UUID, delivery_id: UUID) -> Delivery:
    get_own(actor, mailing_id, lock=True)
    delivery = find(Delivery, delivery_id)
    if delivery is None or delivery.mailing_id != mailing_id:
        raise NotFound
    db.session.refresh(delivery, with_for_update=True)
    return delivery


def _follow_decision(actor: Actor, delivery: Delivery) -> None:
    """Answered where any message for it counts as an answer; back to delivered where none does any more."""
    decided = {one.reply_class for one in list_of_delivery(delivery.id) if one.state == IncomingState.DECIDED}
    if decided & ANSWERS and delivery.state in ARRIVED:
        become(actor, delivery, DeliveryState.REPLIED, "answered", "delivery.replied")
    elif not decided & ANSWERS and delivery.state == DeliveryState.REPLIED:
        become(actor, delivery, DeliveryState.ACCEPTED, "what came back is no answer", "delivery.not_replied")
    if ReplyClass.BOUNCE in decided and delivery.state in ARRIVED:
        become(actor, delivery, DeliveryState.BOUNCED, "came back, as a person found", "delivery.bounced")


def _asks(row: IncomingMessage) -> tuple[UUID, ...]:
    mailing = find(Mailing, row.mailing_id) if row.mailing_id else None
    ask = db.session.get(Ask, mailing.ask_id) if mailing and mailing.ask_id else None
    return (ask.id,) if ask is not None and ask.is_open else ()
