"""Reading introductions: those sent, and those that wait for an answer."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from ...contacts.models import Contact
from ...platform.clock import now
from ...platform.db import db
from ..models import Introduction, IntroductionOffer, IntroductionState

MOST = 200
NEWS = timedelta(days=7)


def list_offers() -> Sequence[IntroductionOffer]:
    """What partners sent, those that wait first, then the latest."""
    return db.session.scalars(
        select(IntroductionOffer)
        .order_by(IntroductionOffer.state != IntroductionState.OPEN, IntroductionOffer.created_at.desc())
        .limit(MOST)
    ).all()


def list_introductions() -> Sequence[tuple[Introduction, str | None]]:
    """What was sent, the latest first, with the contact's name while there is one."""
    rows = db.session.execute(
        select(Introduction, Contact.name)
        .outerjoin(
            Contact,
            (Contact.id == Introduction.contact_id)
            & (Contact.organisation_id == Introduction.organisation_id),
        )
        .order_by(Introduction.created_at.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def select_waiting() -> Select[int]:
    """How many of partners' introductions wait for an answer."""
    return select(func.count(IntroductionOffer.id)).where(
        IntroductionOffer.state == IntroductionState.OPEN, IntroductionOffer.expires_at > now()
    )


def select_answered() -> Select[int]:
    """How many of the organisation's own introductions partners answered within the last week."""
    return select(func.count(Introduction.id)).where(
        Introduction.state.in_((IntroductionState.ACCEPTED, IntroductionState.DECLINED)),
        Introduction.answered_at > now() - NEWS,
    )


def is_waiting_for(contact_id: UUID, receiver_id: UUID) -> bool:
    """Whether this contact is being introduced to this partner already."""
    found = select(Introduction.id).where(
        Introduction.contact_id == contact_id,
        Introduction.receiver_id == receiver_id,
        Introduction.state == IntroductionState.OPEN,
    )
    return db.session.scalar(found) is not None
