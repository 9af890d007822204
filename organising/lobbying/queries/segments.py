"""Saved segments of the campaign."""

from collections.abc import Sequence
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from organising.lobbying.models import Segment
from organising.lobbying.queries.grid import TargetCriteria
from organising.lobbying.queries.shared import one_or_404
from organising.platform.actor import Actor
from organising.platform.db import db


def list_segments(actor: Actor) -> Sequence[Segment]:
    """All partners' segments by name, with the organisation that made each."""
    return db.session.scalars(
        select(Segment)
        .where(Segment.campaign_id == actor.campaign_id, Segment.removed_at.is_(None))
        .options(joinedload(Segment.organisation))
        .order_by(func.lower(Segment.name), Segment.id)
    ).all()


def get_own_segment(actor: Actor, segment_id: UUID) -> Segment:
    """A segment that the actor's organisation made, removed or not. Raises NotFound for all others alike."""
    return one_or_404(
        select(Segment).where(Segment.id == segment_id, Segment.organisation_id == actor.organisation_id)
    )


def read_criteria(segment: Segment) -> TargetCriteria:
    """Whom a segment means. It is looked up each time: who is in it changes, its words don't."""
    return TargetCriteria.from_args(dict(parse_qsl(segment.criteria, keep_blank_values=True)))
