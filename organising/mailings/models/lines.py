"""Lines that partners agree on in advance, and who agreed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from organising.lobbying.models.shared import in_campaign
from organising.platform.db import Shared, db

LONGEST_LINE = 2000


class AgreedLine(Shared, db.Model):
    """A sentence or paragraph, exactly as it may stand in a letter. It is never changed, only taken out."""

    __tablename__ = "agreed_line"
    __table_args__ = (in_campaign(), Index("ix_agreed_line_campaign_id", "campaign_id"))

    words: Mapped[str]
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, at: datetime) -> bool:
        """Take it out; returns whether that changed anything."""
        if self.withdrawn_at is not None:
            return False
        self.withdrawn_at = at
        return True


class LineDecision(Shared, db.Model):
    """That an organisation agrees to a line in advance, or no longer does; the last one counts. Append-only."""

    __tablename__ = "line_decision"
    __table_args__ = (in_campaign(), Index("ix_line_decision_line_id", "line_id"))

    line_id: Mapped[UUID] = mapped_column(ForeignKey("agreed_line.id"))
    agrees: Mapped[bool]
    signer_id: Mapped[UUID]
    signer_role: Mapped[str]
