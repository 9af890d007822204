"""Reading milestones: those of a drive, what the public page says of them, and who is still to be told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from ...platform.db import db
from ...platform.languages import ENGLISH
from ..models import DriveStatus, PledgeDrive, PledgeMilestone, PledgeMilestoneNotice, Told
from .tallies import read_tally

# Mail that could not go for two days is news no more.
NEWS = timedelta(hours=48)


@dataclass(frozen=True)
class Banner:
    """What the public page says of the milestone reached last; ``language`` is what it is in."""

    number: int
    words: str
    language: str


def list_milestones(drive_id: UUID) -> list[PledgeMilestone]:
    """A drive's milestones, the least first."""
    statement = select(PledgeMilestone).where(PledgeMilestone.drive_id == drive_id)
    return list(db.session.scalars(statement.order_by(PledgeMilestone.number)))


def find_banner(milestones: Collection[PledgeMilestone], language: str, at: datetime) -> Banner | None:
    """The banner of the greatest milestone whose days are not over; ``None`` where none has words."""
    hanging = [one for one in milestones if one.banner and one.banner_until and one.banner_until > at]
    if not hanging:
        return None
    last = max(hanging, key=lambda one: one.number)
    translated = getattr(last, f"banner_{language}", "") if language != ENGLISH else ""
    return Banner(last.number, translated or last.banner, language if translated else ENGLISH)


def count_published(drive_id: UUID) -> int:
    """How many the public reads of. Nothing else decides on a milestone, so that reaching one tells nobody more."""
    return read_tally(drive_id).total or 0


def list_unreached(organisation_id: UUID) -> list[PledgeDrive]:
    """An organisation's drives with a milestone that is still to be reached, and a count that still moves."""
    open_ones = select(PledgeMilestone.drive_id).where(PledgeMilestone.reached_at.is_(None))
    statement = select(PledgeDrive).where(
        PledgeDrive.organisation_id == organisation_id,
        PledgeDrive.status.in_([DriveStatus.OPEN, DriveStatus.CLOSED]),
        PledgeDrive.id.in_(open_ones),
    )
    return list(db.session.scalars(statement))


def list_told(milestone_id: UUID) -> set[UUID]:
    """Who of the current organisation has been written to about a milestone."""
    statement = select(PledgeMilestoneNotice.user_id).where(
        PledgeMilestoneNotice.milestone_id == milestone_id
    )
    return set(db.session.scalars(statement))


def list_news(at: datetime) -> list[PledgeMilestone]:
    """Milestones reached lately that somebody is to be told of, as far as the current organisation may read them."""
    statement = select(PledgeMilestone).where(
        PledgeMilestone.reached_at > at - NEWS, PledgeMilestone.told != Told.NOBODY
    )
    return list(db.session.scalars(statement.order_by(PledgeMilestone.reached_at)))
