"""Other mailings of the same organisation, to weigh a new one against."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from organising.mailings.models import Delivery, Mailing, MailingChoice
from organising.mailings.states import DeliveryState, MailingState
from organising.platform.db import db

# The newest; older ones are forgotten by those who had them.
MOST = 100
HAD_IT = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.HELD, DeliveryState.REPLIED)


def list_earlier(mailing: Mailing, *, most: int = MOST) -> Sequence[Any]:
    """Title, letter, start and ``same``: how many of those chosen for ``mailing`` have had it; the newest first.

    Drafts in hand are among them, those given up are not.
    """
    chosen = select(MailingChoice.holding_id).where(
        MailingChoice.organisation_id == mailing.organisation_id,
        MailingChoice.mailing_id == mailing.id,
    )
    same = (
        select(cast(func.count(), Integer))
        .where(
            Delivery.organisation_id == Mailing.organisation_id,
            Delivery.mailing_id == Mailing.id,
            Delivery.state.in_(HAD_IT),
            Delivery.holding_id.in_(chosen),
        )
        .scalar_subquery()
    )
    never_sent = (Mailing.state == MailingState.CANCELLED) & Mailing.started_at.is_(None)
    statement = (
        select(Mailing.id, Mailing.title, Mailing.body, Mailing.started_at, same.label("same"))
        .where(
            Mailing.organisation_id == mailing.organisation_id,
            Mailing.id != mailing.id,
            ~never_sent,
        )
        .order_by(Mailing.updated_at.desc(), Mailing.id)
        .limit(most)
    )
    return db.session.execute(statement).all()


def count_alike(runs: Sequence[str], person_ids: Sequence[UUID], since: datetime) -> int:
    """How many of these people had a letter with at least half of these runs of words from another partner since then.

    The database reads the partners' letters and answers the number alone; with few runs it answers 0.
    """
    counted = func.app.count_alike(
        bindparam("runs", list(runs), type_=ARRAY(Text())),
        bindparam("ids", list(person_ids), type_=ARRAY(Uuid())),
        bindparam("since", since, type_=DateTime(timezone=True)),
    )
    return db.session.scalar(select(counted)) or 0
