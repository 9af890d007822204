"""Whom somebody in the coalition wrote to lately: that it was so, never whose letter it was or what it said."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Uuid, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from organising.lobbying.models import Engagement
from organising.lobbying.queries.pressure import MAIL, MEANS
from organising.platform.clock import now, today
from organising.platform.db import db

WRITTEN = tuple(kind for kind, means in MEANS.items() if means == MAIL)


def list_written_to(campaign_id: UUID, person_ids: Collection[UUID], days: int) -> frozenset[UUID]:
    """Those of these people who got a message of any partner's mailing in so many days, or wait for one, or of whom
    the contact log says that a partner wrote.
    """
    ids = list(person_ids)
    # Row security hides others' mailings; the database counts them, and does not tell whose they are.
    counted = func.app.mail_pressure(
        bindparam("ids", ids, type_=ARRAY(Uuid())),
        bindparam("since", now() - timedelta(days=days), type_=DateTime(timezone=True)),
    ).table_valued(
        column("person_id", Uuid()), column("mails", BigInteger), column("last_at", DateTime(timezone=True))
    )
    logged = select(Engagement.person_id).where(
        Engagement.person_id.in_(ids),
        Engagement.campaign_id == campaign_id,
        Engagement.withdrawn_at.is_(None),
        Engagement.kind.in_(WRITTEN),
        Engagement.happened_on > today() - timedelta(days=days),
    )
    found = db.session.scalars(select(counted.c.person_id).union(logged))
    return frozenset(one for one in found if one is not None)
