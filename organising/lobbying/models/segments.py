"""Segments: filters of the grid that were given a name."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from organising.lobbying.models.shared import Authored, in_campaign
from organising.platform.db import Shared, db
from organising.platform.removal import Removable

NAME_LENGTH = 80


class Segment(Shared, Authored, Removable, db.Model):
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

    def is_of(self, organisation_id: UUID) -> bool:
        """Whether this organisation made it."""
        return self.organisation_id == organisation_id
