"""Whom somebody in the coalition wrote to lately: that it was so, never whose letter it was or what it said."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from organising.lobbying.models import Engagement
from organising.lobbying.queries.pressure import MAIL, MEANS, mail_of_all
from organising.platform.clock import today
from organising.platform.db import db

WRITTEN = tuple(kind for kind, means in MEANS.items() if means == MAIL)


def list_written_to(
    campaign_id: UUID, person_ids: Collection[UUID], days: int, *, left_beside: UUID | None = None
) -> frozenset[UUID]:
    """Those of these people who got a message of any partner's mailing in so many days, or wait for one, or of whom
    the contact log says that a partner wrote. ``left_beside``: an own mailing, beside which only what has left counts.
    """
    ids = list(person_ids)
    # Row security hides others' mailings.
    counted = mail_of_all(ids, days, left_beside)
    logged = select(Engagement.person_id).where(
        Engagement.person_id.in_(ids),
        Engagement.campaign_id == campaign_id,
        Engagement.withdrawn_at.is_(None),
        Engagement.kind.in_(WRITTEN),
        Engagement.happened_on > today() - timedelta(days=days),
    )
    found = db.session.scalars(select(counted.c.person_id).union(logged))
    return frozenset(one for one in found if one is not None)
