"""What became of the messages."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select

from organising.mailings.models import Delivery, Mailing, MailingChoice
from organising.mailings.queries.incoming import count_hard_bounces
from organising.mailings.states import (
    BEFORE_SENDING,
    UNFINISHED,
    UNSETTLED,
    DeliveryState,
    MailingMode,
    MailingState,
    Withheld,
)
from organising.platform.db import db
from organising.platform.tenancy import context_of
from organising.representatives.models import OfficeHolding, Person


def count_deliveries(mailing: Mailing) -> dict[DeliveryState, int]:
    """Messages in each state; they always add up to the audience, those not yet written out included.

    Of people who agreed to be written to, some may have changed their minds before they were written out.
    """
    counts = dict.fromkeys(DeliveryState, 0)
    statement = (
        select(Delivery.state, func.count())
        .where(Delivery.organisation_id == mailing.organisation_id, Delivery.mailing_id == mailing.id)
        .group_by(Delivery.state)
    )
    for state, number in db.session.execute(statement):
        counts[DeliveryState(state)] = number
    waiting = max(0, (mailing.audience_count or 0) - sum(counts.values()))
    counts[state_of_unwritten(mailing)] += waiting
    return counts


def state_of_unwritten(mailing: Mailing) -> DeliveryState:
    """Where those of the audience stand for whom no message is written out."""
    if MailingMode(mailing.mode).is_to_people and mailing.expanded_at is not None:
        return DeliveryState.SUPPRESSED
    return DeliveryState.CANCELLED if mailing.state == MailingState.CANCELLED else DeliveryState.QUEUED


def count_domains(mailing: Mailing) -> dict[str, int]:
    """How many of a frozen audience have their address at each mail domain."""
    domain = func.lower(func.split_part(MailingChoice.address, "@", -1))
    statement = (
        select(domain.label("name"), func.count().label("number"))
        .where(
            MailingChoice.organisation_id == mailing.organisation_id,
            MailingChoice.mailing_id == mailing.id,
            MailingChoice.left_out.is_(None),
        )
        .group_by(domain)
    )
    return {row.name: row.number for row in db.session.execute(statement)}


def count_refusals(mailing: Mailing) -> int:
    """How many messages the receiving side refused for good, at once or by a bounce that says the address is gone."""
    statement = select(func.count()).where(
        Delivery.organisation_id == mailing.organisation_id,
        Delivery.mailing_id == mailing.id,
        Delivery.state == DeliveryState.FAILED,
        Delivery.last_code >= 500,
    )
    return (db.session.scalar(statement) or 0) + count_hard_bounces(mailing)


def count_withheld(mailing: Mailing) -> dict[Withheld, int]:
    """How many messages were not sent when their turn came, by reason."""
    statement = (
        select(Delivery.last_reply, func.count())
        .where(
            Delivery.organisation_id == mailing.organisation_id,
            Delivery.mailing_id == mailing.id,
            Delivery.state == DeliveryState.SUPPRESSED,
            Delivery.last_reply.in_(list(Withheld)),
        )
        .group_by(Delivery.last_reply)
    )
    counts = {str(row[0]): int(row[1]) for row in db.session.execute(statement)}
    return {reason: counts[reason] for reason in Withheld if reason in counts}


def list_deliveries(mailing_id: UUID, states: Collection[str] = ()) -> Select[Delivery]:
    """A mailing's messages, in these states or in any."""
    statement = select(Delivery).where(Delivery.mailing_id == mailing_id)
    return statement.where(Delivery.state.in_(list(states))) if states else statement


def list_unsettled(mailing_id: UUID, *, most: int) -> Sequence[Delivery]:
    """The first messages whose answer was lost, in the order of the audience."""
    statement = list_deliveries(mailing_id, UNSETTLED).order_by(Delivery.place).limit(most)
    return db.session.scalars(statement).all()


def list_absent(mailing_id: UUID) -> Sequence[UUID]:
    """Ids of the unsettled messages that the relay's complete log shows not to have arrived."""
    statement = select(Delivery.id).where(
        Delivery.mailing_id == mailing_id, Delivery.state.in_(UNSETTLED), Delivery.absence.is_not(None)
    )
    return db.session.scalars(statement).all()


def has_unsettled(mailing_id: UUID) -> bool:
    """Whether any message still has to be settled."""
    left = db.session.scalar(list_deliveries(mailing_id, UNSETTLED).with_only_columns(Delivery.id).limit(1))
    return left is not None


def names_of(holding_ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    """The names of those who hold these offices."""
    statement = (
        select(OfficeHolding.id, Person.name)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(OfficeHolding.id.in_(holding_ids))
    )
    return {row.id: row.name for row in db.session.execute(statement)}


def list_to_look_at() -> Sequence[Any]:
    """Ids and states of own mailings that the sweep must look at: under review, being sent, or with
    leftovers.
    """
    looked_at = [*BEFORE_SENDING, MailingState.SENDING, MailingState.PAUSED, MailingState.SENT]
    leftover = exists().where(
        Delivery.organisation_id == Mailing.organisation_id,
        Delivery.mailing_id == Mailing.id,
        Delivery.state.in_(UNFINISHED),
    )
    cancelled = and_(Mailing.state == MailingState.CANCELLED, leftover)
    own = Mailing.organisation_id == context_of(db.session()).organisation_id
    statement = select(Mailing.id, Mailing.state).where(own, or_(Mailing.state.in_(looked_at), cancelled))
    return db.session.execute(statement.order_by(Mailing.created_at)).all()
