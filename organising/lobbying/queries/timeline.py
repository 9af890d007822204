"""One person's timeline over all partners: every headline, and the reader's own organisation's notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, false, select

from organising.lobbying.models import Engagement, EngagementNote
from organising.lobbying.queries.follow_ups import reach
from organising.lobbying.queries.log import WHOLE
from organising.lobbying.queries.shared import of_subject
from organising.platform.actor import Actor
from organising.platform.db import db


@dataclass(frozen=True)
class TimelineEntry:
    """``note``: the own organisation's, within reach. ``may_edit``: whether the reader may change it."""

    engagement: Engagement
    note: str | None
    may_edit: bool


def list_timeline(
    actor: Actor, person_id: UUID | None = None, *, institution_id: UUID | None = None, limit: int = 50
) -> list[TimelineEntry]:
    """The latest engagements with a person or an institution, newest first. Withdrawn ones are left out."""
    about = of_subject(Engagement, person_id, institution_id)
    condition = reach(actor, EngagementNote.unit_id)  # type: ignore[arg-type]
    statement = (
        select(Engagement, EngagementNote)
        .outerjoin(
            EngagementNote,
            and_(
                EngagementNote.engagement_id == Engagement.id,
                EngagementNote.organisation_id == actor.organisation_id,
                Engagement.organisation_id == actor.organisation_id,
                condition if condition is not None else false(),
            ),
        )
        .where(
            about,
            Engagement.campaign_id == actor.campaign_id,
            Engagement.withdrawn_at.is_(None),
        )
        .options(*WHOLE)
        .order_by(Engagement.happened_on.desc(), Engagement.created_at.desc())
        .limit(limit)
    )
    return [
        TimelineEntry(one, note.body if note else None, note is not None)
        for one, note in db.session.execute(statement)
    ]


def annotate(actor: Actor, engagements: Sequence[Engagement]) -> list[TimelineEntry]:
    """Put beside each engagement the note that this actor may read."""
    own = [one.id for one in engagements if one.organisation_id == actor.organisation_id]
    notes = {note.engagement_id: note for note in list_notes(actor, own)}
    return [
        TimelineEntry(one, notes[one.id].body if one.id in notes else None, one.id in notes)
        for one in engagements
    ]


def list_notes(actor: Actor, engagement_ids: Iterable[UUID]) -> Sequence[EngagementNote]:
    """The own organisation's notes beside these engagements; an officer's unit's, an analyst's none."""
    wanted = list(engagement_ids)
    condition = reach(actor, EngagementNote.unit_id)  # type: ignore[arg-type]
    if not wanted or condition is None:
        return []
    return db.session.scalars(
        select(EngagementNote).where(EngagementNote.engagement_id.in_(wanted), condition)
    ).all()


def find_note(actor: Actor, engagement_id: UUID) -> EngagementNote | None:
    """The own organisation's side of an engagement, if it is within the actor's reach."""
    return next(iter(list_notes(actor, [engagement_id])), None)
