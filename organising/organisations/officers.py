"""Officers of units and their terms; whose access ends with them."""

from sqlalchemy import func, select

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db


def end_terms(actor: Actor) -> int:
    """End the memberships whose last day is over; returns how many. The context has no person: a sweep's."""
    ended = db.session.execute(select(func.app.end_terms().table_valued("membership_id", "unit_id"))).all()
    for row in ended:
        record(actor, "member.term_ended", "membership", row.membership_id)
    return len(ended)
