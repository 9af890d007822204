"""Reading the overlap: who takes part, and what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from ...platform.actor import Actor
from ...platform.db import db
from ..models import OverlapPart


@dataclass(frozen=True)
class PublishedOverlap:
    """One quarter's figure. ``people`` None: too few to tell."""

    quarter: date
    partners: int
    people: int | None


def list_parts(actor: Actor) -> Sequence[OverlapPart]:
    """Who of the campaign takes part now."""
    return db.session.scalars(
        select(OverlapPart)
        .where(OverlapPart.campaign_id == actor.campaign_id, OverlapPart.ended_at.is_(None))
        .order_by(OverlapPart.created_at)
    ).all()


def list_totals() -> list[PublishedOverlap]:
    """What was published for the actor's campaigns, the latest first."""
    rows = db.session.execute(text("SELECT * FROM app.overlap_totals()"))
    return [PublishedOverlap(row.quarter, row.partners, row.people) for row in rows]
