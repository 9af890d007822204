"""What came of a mailing: each recipient, who got it, and where people stand since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from organising.lobbying.models import Position, PositionClaim
from organising.mailings.models import Delivery, Mailing, MailingChoice
from organising.mailings.states import UNSETTLED, DeliveryState
from organising.platform.db import db
from organising.representatives.models import Area, OfficeHolding, Person

# Taken, and not come back.
GOT_IT = (DeliveryState.ACCEPTED, DeliveryState.REPLIED)
FOR_TO_AGAINST: list[Position] = [one for one in Position if one is not Position.UNKNOWN]


def list_got(mailing: Mailing) -> Sequence[MailingChoice]:
    """The chosen who got a mailing, in its order."""
    statement = (
        select(MailingChoice)
        .join(
            Delivery,
            and_(
                Delivery.organisation_id == MailingChoice.organisation_id,
                Delivery.choice_id == MailingChoice.id,
            ),
        )
        .where(_of(MailingChoice, mailing), Delivery.state.in_(GOT_IT))
        .order_by(Delivery.place)
    )
    return db.session.scalars(statement).all()


def list_uncertain_names(mailing: Mailing) -> Sequence[str]:
    """Those of whom nobody knows whether they got it, in its order."""
    statement = (
        select(Person.name)
        .select_from(Delivery)
        .join(OfficeHolding, OfficeHolding.id == Delivery.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(_of(Delivery, mailing), Delivery.state.in_(UNSETTLED))
        .order_by(Delivery.place)
    )
    return db.session.scalars(statement).all()


def list_recipients(mailing: Mailing) -> Sequence[Row[Delivery, str, str | None]]:
    """Each message with its recipient's name and constituency, in the order of the mailing."""
    statement = (
        select(Delivery, Person.name, Area.name.label("constituency"))
        .join(OfficeHolding, OfficeHolding.id == Delivery.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .where(_of(Delivery, mailing))
        .order_by(Delivery.place, Delivery.id)
    )
    return db.session.execute(statement).all()


def list_left_out(mailing: Mailing) -> Sequence[Any]:
    """Name, constituency and reason of those who were chosen and left out, by name."""
    statement = (
        select(Person.name, Area.name.label("constituency"), MailingChoice.left_out)
        .select_from(MailingChoice)
        .join(OfficeHolding, OfficeHolding.id == MailingChoice.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .where(_of(MailingChoice, mailing), MailingChoice.left_out.is_not(None))
        .order_by(Person.sort_key, Person.id)
    )
    return db.session.execute(statement).all()


def count_left_out(mailing: Mailing) -> int:
    """How many were chosen and left out."""
    statement = select(func.count()).where(_of(MailingChoice, mailing), MailingChoice.left_out.is_not(None))
    return db.session.scalar(statement) or 0


def list_corrections(mailing_id: UUID) -> Sequence[Mailing]:
    """The mailings that correct one, the first first."""
    statement = select(Mailing).where(Mailing.corrects_id == mailing_id).order_by(Mailing.created_at)
    return db.session.scalars(statement).all()


def compare_with_first(mailing: Mailing) -> tuple[int, int]:
    """Of a correction: how many got the first and are not chosen, and how many are chosen and did not get it."""
    chosen = select(MailingChoice.person_id).where(_of(MailingChoice, mailing))
    got = (
        select(OfficeHolding.person_id)
        .join(Delivery, Delivery.holding_id == OfficeHolding.id)
        .where(
            Delivery.organisation_id == mailing.organisation_id,
            Delivery.mailing_id == mailing.corrects_id,
            Delivery.state.in_(GOT_IT),
        )
    )
    missing, extra = got.except_(chosen).subquery(), chosen.except_(got).subquery()
    return (
        db.session.scalar(select(func.count()).select_from(missing)) or 0,
        db.session.scalar(select(func.count()).select_from(extra)) or 0,
    )


def count_moves(mailing: Mailing) -> dict[str, int]:
    """How many of those who got it were found to stand elsewhere on its ask since it left: ``nearer``, ``further``,
    or ``known`` for the first time. What partners know counts too; that one follows from the other is not said.
    """
    moves = {"nearer": 0, "further": 0, "known": 0}
    if mailing.ask_id is None or mailing.started_at is None:
        return moves
    since, before = _latest(mailing, mailing.started_at), _latest(mailing, None)
    rows = db.session.execute(
        select(since.c.position.label("now"), before.c.position.label("then"))
        .select_from(since)
        .outerjoin(before, before.c.person_id == since.c.person_id)
    )
    for row in rows:
        move = _move(row.then, row.now)
        if move is not None:
            moves[move] += 1
    return moves


def _latest(mailing: Mailing, since: datetime | None) -> Any:
    """Each recipient's latest claim made since then, or for ``None`` before the mailing left."""
    got = (
        select(OfficeHolding.person_id)
        .join(Delivery, Delivery.holding_id == OfficeHolding.id)
        .where(_of(Delivery, mailing), Delivery.state.in_(GOT_IT))
    )
    made = PositionClaim.created_at >= since if since else PositionClaim.created_at < mailing.started_at
    return (
        select(PositionClaim.person_id, PositionClaim.position)
        .ext(distinct_on(PositionClaim.person_id))
        .where(
            PositionClaim.ask_id == mailing.ask_id,
            PositionClaim.is_suggestion.is_(False),
            PositionClaim.person_id.in_(got),
            made,
        )
        .order_by(PositionClaim.person_id, PositionClaim.held_on.desc(), PositionClaim.created_at.desc())
        .subquery()
    )


def _move(then: str | None, now: str) -> str | None:
    if now == Position.UNKNOWN:
        return None
    if then is None or then == Position.UNKNOWN:
        return "known"
    steps = FOR_TO_AGAINST.index(Position(now)) - FOR_TO_AGAINST.index(Position(then))
    return None if steps == 0 else "nearer" if steps < 0 else "further"


def _of(model: Any, mailing: Mailing) -> Any:
    return and_(model.organisation_id == mailing.organisation_id, model.mailing_id == mailing.id)
