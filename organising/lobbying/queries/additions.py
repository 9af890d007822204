"""What was recorded with a contact as records of their own: positions, promises and follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.lobbying.models import PositionClaim
from organising.lobbying.queries.commitments import CommitmentRow, list_engagement_commitments
from organising.lobbying.queries.follow_ups import FollowUpRow, list_engagement_follow_ups
from organising.platform.actor import Actor
from organising.platform.db import db


@dataclass(frozen=True)
class Additions:
    """What hangs on one contact, as this reader sees it; false where nothing does."""

    positions: Sequence[PositionClaim]
    commitments: Sequence[CommitmentRow]
    follow_ups: Sequence[FollowUpRow]

    def __bool__(self) -> bool:
        return bool(self.positions or self.commitments or self.follow_ups)

    @property
    def leaving(self) -> "Additions":
        """What goes with the contact where it is taken out of the log, and comes back with it: all that is not done."""
        return replace(self, follow_ups=[row for row in self.follow_ups if not row.follow_up.done_at])

    @property
    def staying(self) -> "Additions":
        """What stays where the contact is taken out: what was done was done."""
        return Additions((), (), [row for row in self.follow_ups if row.follow_up.done_at])


def list_additions(actor: Actor, engagement_id: UUID) -> Additions:
    """Positions in the order of their asks, promises by due day, and the follow-ups within reach, done or not."""
    positions = db.session.scalars(
        select(PositionClaim)
        .where(PositionClaim.engagement_id == engagement_id, PositionClaim.campaign_id == actor.campaign_id)
        .options(joinedload(PositionClaim.ask))
        .order_by(PositionClaim.created_at, PositionClaim.id)
    ).all()
    return Additions(
        sorted(positions, key=lambda one: one.ask.place),
        list_engagement_commitments(actor, [engagement_id]),
        list_engagement_follow_ups(actor, engagement_id),
    )
