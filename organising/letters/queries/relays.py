"""Answers that are passed on, and to whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select

from organising.letters.models import Letter, LetterRelay, LetterState, RelayState
from organising.mailings.models import Delivery
from organising.mailings.states import DeliveryState
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound

ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.REPLIED)


def get_relay(actor: Actor, relay_id: UUID, *, lock: bool = False) -> LetterRelay:
    """A relay of the actor's own organisation. Raises :class:`NotFound`."""
    statement = select(LetterRelay).where(
        LetterRelay.organisation_id == actor.organisation_id, LetterRelay.id == relay_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    relay = db.session.scalars(statement).one_or_none()
    if relay is None:
        raise NotFound
    return relay


def list_relays(action_id: UUID) -> Sequence[LetterRelay]:
    """The answers taken down for an action, the latest first."""
    statement = select(LetterRelay).where(LetterRelay.action_id == action_id)
    return db.session.scalars(statement.order_by(LetterRelay.created_at.desc())).all()


def list_live_relays() -> Sequence[UUID]:
    """Own approved relays that are not finished."""
    return db.session.scalars(select(LetterRelay.id).where(LetterRelay.state == RelayState.APPROVED)).all()


def count_written_to(action_id: UUID) -> dict[UUID, int]:
    """To how many letters each member's office could be said to have answered, by holding."""
    statement = (
        select(Letter.holding_id, func.count().label("number"))
        .where(Letter.action_id == action_id, *_can_be_told())
        .group_by(Letter.holding_id)
    )
    return {row.holding_id: row.number for row in db.session.execute(statement)}


def is_to_be_told(relay: LetterRelay) -> tuple[Any, ...]:
    """Letters whose writers are told: those that have left to this member, with a writer still known."""
    return (Letter.action_id == relay.action_id, Letter.holding_id == relay.holding_id, *_can_be_told())


def list_due_letters(relay: LetterRelay, at: datetime, limit: int) -> Sequence[UUID]:
    """Letters whose writers are to be told now, the earliest first."""
    statement = (
        select(Letter.id)
        .where(*is_to_be_told(relay), Letter.relay_due_at <= at)
        .order_by(Letter.relay_due_at, Letter.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def has_left_to_tell(relay: LetterRelay) -> bool:
    """Whether anyone is still to be told, now or later."""
    statement = select(Letter.id).where(*is_to_be_told(relay), Letter.relay_due_at.is_not(None)).limit(1)
    return db.session.scalar(statement) is not None


def count_told(relay: LetterRelay) -> int:
    """How many writers were told."""
    statement = select(func.count()).where(
        Letter.action_id == relay.action_id,
        Letter.holding_id == relay.holding_id,
        Letter.relayed_at.is_not(None),
    )
    return db.session.scalar(statement) or 0


def _can_be_told() -> tuple[Any, ...]:
    left = exists().where(
        Delivery.organisation_id == Letter.organisation_id,
        Delivery.letter_id == Letter.id,
        Delivery.state.in_(ARRIVED),
    )
    return (
        Letter.state == LetterState.CONFIRMED,
        Letter.details_removed_at.is_(None),
        Letter.relayed_at.is_(None),
        left,
    )
