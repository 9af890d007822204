"""Segments: filters of the grid that were given a name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from organising.lobbying.models.shared import Authored, in_campaign
from organising.platform.db import Shared, db

NAME_LENGTH = 80


class Segment(Shared, Authored, db.Model):
    """A named filter. ``criteria`` is the grid's address after the question mark: it says whom, and holds nobody.

    All partners use it; its author's organisation renames and removes it.
    """

    __tablename__ = "segment"
    __table_args__ = (
        in_campaign(),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name"),
        Index("ix_segment_campaign_id", "campaign_id", postgresql_where=text("removed_at IS NULL")),
    )

    name: Mapped[str]
    criteria: Mapped[str]
    removed_at: Mapped[datetime | None]

    def remove(self, at: datetime) -> bool:
        """Take it from the list; returns whether that changed anything."""
        if self.removed_at is not None:
            return False
        self.removed_at = at
        return True

    def restore(self) -> bool:
        """Put a removed one back; returns whether that changed anything."""
        if self.removed_at is None:
            return False
        self.removed_at = None
        return True

    def is_of(self, organisation_id: UUID) -> bool:
        """Whether this organisation made it."""
        return self.organisation_id == organisation_id
