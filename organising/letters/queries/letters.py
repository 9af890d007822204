"""Actions and letters: for an organisation's own staff, for what leaves, and for what time takes away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select

from organising.letters.models import ActionState, Letter, LetterAction, LetterState
from organising.mailings.models import Delivery, Mailing
from organising.mailings.states import UNFINISHED, MailingState
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.discretion import tellable_roughly
from organising.platform.errors import NotFound
from organising.representatives.models import Area, OfficeHolding


def get_action(actor: Actor, action_id: UUID, *, lock: bool = False) -> LetterAction:
    """An action of the actor's own organisation. Raises :class:`NotFound`."""
    statement = select(LetterAction).where(
        LetterAction.organisation_id == actor.organisation_id, LetterAction.id == action_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    action = db.session.scalars(statement).one_or_none()
    if action is None:
        raise NotFound
    return action


def list_actions() -> Select[tuple[LetterAction]]:
    """The current organisation's actions."""
    return select(LetterAction)


def find_action_of(mailing_id: UUID) -> LetterAction | None:
    """The own action whose letters leave by this mailing."""
    return db.session.scalars(select(LetterAction).where(LetterAction.mailing_id == mailing_id)).one_or_none()


def count_letters(action_id: UUID) -> dict[str, int]:
    """How many letters the current organisation holds in each state of their own."""
    statement = select(Letter.state, func.count()).where(Letter.action_id == action_id).group_by(Letter.state)
    counts = {str(state): 0 for state in LetterState}
    return counts | {str(state): number for state, number in db.session.execute(statement)}


def tell_by_constituency(action_id: UUID) -> list[tuple[str, int | None]]:
    """Confirmed letters to the member of each constituency, by its name, roughly; ``None``: too few to be said."""
    statement = (
        select(Area.name, func.count())
        .select_from(Letter)
        .join(OfficeHolding, OfficeHolding.id == Letter.holding_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(Letter.action_id == action_id, Letter.state == LetterState.CONFIRMED)
        .group_by(Area.id, Area.name, Area.sort_key)
        .order_by(Area.sort_key)
    )
    return [(name, tellable_roughly(number)) for name, number in db.session.execute(statement)]


def list_unqueued(action_id: UUID | None = None, *, limit: int = 500) -> Sequence[UUID]:
    """Confirmed letters of the current organisation that are in no outbox yet, the earliest first."""
    queued = exists().where(
        Delivery.organisation_id == Letter.organisation_id, Delivery.letter_id == Letter.id
    )
    statement = select(Letter.id).where(
        Letter.state == LetterState.CONFIRMED, Letter.text_removed_at.is_(None), ~queued
    )
    if action_id is not None:
        statement = statement.where(Letter.action_id == action_id)
    return db.session.scalars(statement.order_by(Letter.confirmed_at).limit(limit)).all()


def list_closed_since(before: datetime) -> Sequence[LetterAction]:
    """Own closed actions whose mailing may still wait for letters."""
    statement = select(LetterAction).where(
        LetterAction.state == ActionState.CLOSED,
        LetterAction.mailing_id.is_not(None),
        LetterAction.closed_at < before,
    )
    return db.session.scalars(statement).all()


def list_open_without_way_out() -> Sequence[UUID]:
    """Own open actions whose mailing was cancelled."""
    statement = (
        select(LetterAction.id)
        .join(
            Mailing,
            and_(
                Mailing.organisation_id == LetterAction.organisation_id, Mailing.id == LetterAction.mailing_id
            ),
        )
        .where(LetterAction.state == ActionState.OPEN, Mailing.state == MailingState.CANCELLED)
    )
    return db.session.scalars(statement).all()


def find_earlier(letter: Letter) -> Letter | None:
    """A letter of the same person in the same action that stands, or ``None``."""
    statement = select(Letter).where(
        Letter.action_id == letter.action_id,
        Letter.person_key == letter.person_key,
        Letter.state == LetterState.CONFIRMED,
        Letter.id != letter.id,
    )
    return db.session.scalars(statement.limit(1)).one_or_none()


def count_mails_since(letter: Letter, since: datetime) -> int:
    """How many confirmation mails the same person was sent for this action since then."""
    statement = select(func.count()).where(
        Letter.action_id == letter.action_id,
        Letter.person_key == letter.person_key,
        Letter.confirmation_sent_at >= since,
    )
    return db.session.scalar(statement) or 0


def is_still_leaving() -> Any:
    """Whether a letter may still have to leave."""
    return exists().where(
        Delivery.organisation_id == Letter.organisation_id,
        Delivery.letter_id == Letter.id,
        Delivery.state.in_(UNFINISHED),
    )
