"""Mail that came back, and letters that nobody answered. All of it the current organisation's own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from organising.mailings.incoming import Severity
from organising.mailings.incoming.states import IncomingState
from organising.mailings.models import KEPT_DAYS, Delivery, IncomingMessage, Mailing
from organising.mailings.states import DeliveryState, MailingMode, MailingState
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.tenancy import context_of
from organising.representatives.models import Person

UNANSWERED_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Unanswered:
    """A mailing that was over a fortnight ago: how many of those who had it answered, and how many did not."""

    mailing: Mailing
    answered: int
    silent: int


def get_incoming(incoming_id: UUID, *, lock: bool = False) -> IncomingMessage:
    """A message that came back; raises :class:`NotFound` alike for another organisation's and for none."""
    statement = select(IncomingMessage).where(IncomingMessage.id == incoming_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def is_about_person(row: IncomingMessage) -> bool:
    """Whether what came back is about a constituent's own letter, or about what a signer or contact was sent."""
    statement = select(Delivery.id).where(
        Delivery.id == row.delivery_id, or_(Delivery.letter_id.is_not(None), Delivery.email_key.is_not(None))
    )
    return row.delivery_id is not None and db.session.scalar(statement) is not None


def find_by_digest(digest: bytes) -> UUID | None:
    """The id of the message that came before."""
    return db.session.scalar(select(IncomingMessage.id).where(IncomingMessage.digest == digest))


def find_sent(message_ids: Collection[str]) -> Delivery | None:
    """The latest of the letters with one of these Message-IDs."""
    statement = (
        select(Delivery)
        .where(Delivery.message_id.in_(message_ids))
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(1)
    )
    return db.session.scalars(statement).one_or_none()


def list_incoming(
    states: Collection[IncomingState], *, mailing_id: UUID | None = None
) -> Select[IncomingMessage]:
    """What came back and is at one of these states, of one mailing or of all."""
    statement = select(IncomingMessage).where(IncomingMessage.state.in_(states))
    return statement.where(IncomingMessage.mailing_id == mailing_id) if mailing_id else statement


def find_longest_waiting() -> UUID | None:
    """The message that has waited longest for somebody to say what it is."""
    statement = select(IncomingMessage.id).where(IncomingMessage.state == IncomingState.TRIAGE)
    return db.session.scalar(statement.order_by(IncomingMessage.created_at, IncomingMessage.id).limit(1))


def name_people(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these people in public life, by id."""
    statement = select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return {row.id: row.name for row in db.session.execute(statement)}


def count_incoming(mailing_id: UUID | None = None) -> dict[str, int]:
    """How many messages are at each state."""
    statement = select(IncomingMessage.state, func.count().label("number")).where(
        IncomingMessage.organisation_id == context_of(db.session()).organisation_id
    )
    if mailing_id is not None:
        statement = statement.where(IncomingMessage.mailing_id == mailing_id)
    counts = dict.fromkeys(map(str, IncomingState), 0)
    return counts | {
        row.state: row.number for row in db.session.execute(statement.group_by(IncomingMessage.state))
    }


def select_triage() -> Select[int]:
    """How many messages wait for somebody to look at them."""
    return select(func.count(IncomingMessage.id)).where(
        IncomingMessage.organisation_id == context_of(db.session()).organisation_id,
        IncomingMessage.state == IncomingState.TRIAGE,
    )


def count_classes(mailing_id: UUID) -> dict[str, int]:
    """How many messages of each class came back to one mailing, as far as decided."""
    statement = (
        select(IncomingMessage.reply_class, func.count().label("number"))
        .where(
            IncomingMessage.organisation_id == context_of(db.session()).organisation_id,
            IncomingMessage.mailing_id == mailing_id,
            IncomingMessage.reply_class.is_not(None),
        )
        .group_by(IncomingMessage.reply_class)
    )
    return {row.reply_class: row.number for row in db.session.execute(statement)}


def list_unread(before: datetime) -> Sequence[UUID]:
    """Ids of what was kept before this instant and not read: their doorbell was lost, or they wait."""
    statement = (
        select(IncomingMessage.id)
        .where(IncomingMessage.state == IncomingState.RECEIVED, IncomingMessage.created_at < before)
        .order_by(IncomingMessage.created_at)
        .limit(200)
    )
    return db.session.scalars(statement).all()


def list_due_for_erasure(moment: datetime, most: int = 500) -> Sequence[IncomingMessage]:
    """Messages whose words are to be erased by now, the first ``most`` of them: :attr:`IncomingMessage.goes_on`."""
    known_since = func.coalesce(IncomingMessage.decided_at, IncomingMessage.created_at)
    kept_long = and_(
        IncomingMessage.state.in_([IncomingState.DECIDED, IncomingState.SETTLED]),
        IncomingMessage.erase_at.is_(None),
        known_since <= moment - timedelta(days=KEPT_DAYS),
    )
    statement = select(IncomingMessage).where(
        IncomingMessage.erased_at.is_(None), or_(IncomingMessage.erase_at <= moment, kept_long)
    )
    return db.session.scalars(statement.order_by(IncomingMessage.created_at).limit(most)).all()


def list_of_delivery(delivery_id: UUID) -> Sequence[IncomingMessage]:
    """All that came back for one message, the first first."""
    statement = select(IncomingMessage).where(IncomingMessage.delivery_id == delivery_id)
    return db.session.scalars(statement.order_by(IncomingMessage.created_at, IncomingMessage.id)).all()


def count_hard_bounces(mailing: Mailing) -> int:
    """How many messages of a mailing came back because the address is no good."""
    statement = (
        select(func.count(func.distinct(Delivery.id)))
        .join(
            IncomingMessage,
            (IncomingMessage.organisation_id == Delivery.organisation_id)
            & (IncomingMessage.delivery_id == Delivery.id),
        )
        .where(
            Delivery.organisation_id == mailing.organisation_id,
            Delivery.mailing_id == mailing.id,
            Delivery.state == DeliveryState.BOUNCED,
            IncomingMessage.severity == Severity.HARD,
        )
    )
    return db.session.scalar(statement) or 0


def list_silent(mailing_id: UUID | InstrumentedAttribute[UUID]) -> Select[Delivery]:
    """The messages of a mailing (or, correlated, of each) that arrived, as far as is known, and to which nothing waits and nobody answered."""
    waiting = (
        select(IncomingMessage.id)
        .where(
            IncomingMessage.organisation_id == Delivery.organisation_id,
            IncomingMessage.delivery_id == Delivery.id,
            IncomingMessage.state.in_([IncomingState.RECEIVED, IncomingState.TRIAGE]),
        )
        .exists()
    )
    return select(Delivery).where(
        Delivery.mailing_id == mailing_id, Delivery.state == DeliveryState.ACCEPTED, ~waiting
    )


def list_unanswered(moment: datetime | None = None) -> list[Unanswered]:
    """Mailings that left a fortnight ago, were not looked at since, and to which somebody did not answer."""
    found = [_unanswered(mailing) for mailing in db.session.scalars(_left_a_fortnight_ago(moment))]
    return [one for one in found if one.silent]


def select_unanswered() -> Select[int]:
    """How many :func:`list_unanswered` lists."""
    silent = list_silent(Mailing.id).with_only_columns(Delivery.id).correlate(Mailing).exists()
    return _left_a_fortnight_ago().where(silent).with_only_columns(func.count(Mailing.id)).order_by(None)


def _left_a_fortnight_ago(moment: datetime | None = None) -> Select[Mailing]:
    return (
        select(Mailing)
        .where(
            Mailing.organisation_id == context_of(db.session()).organisation_id,
            Mailing.mode == MailingMode.ORGANISATION,
            Mailing.state.in_([MailingState.SENT, MailingState.CLOSED]),
            Mailing.finished_at <= (moment or now()) - UNANSWERED_AFTER,
            Mailing.answers_looked_at.is_(None),
        )
        .order_by(Mailing.finished_at)
    )


def _unanswered(mailing: Mailing) -> Unanswered:
    silent = select(func.count()).select_from(
        list_silent(mailing.id).with_only_columns(Delivery.id).subquery()
    )
    answered = select(func.count()).where(
        Delivery.organisation_id == mailing.organisation_id,
        Delivery.mailing_id == mailing.id,
        Delivery.state == DeliveryState.REPLIED,
    )
    return Unanswered(mailing, db.session.scalar(answered) or 0, db.session.scalar(silent) or 0)
