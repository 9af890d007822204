"""Signatures taken out of the count together: by which filter, for what reason, and whether they were put back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.db import Owned, db
from ...platform.sealing import Sealed


class PledgeInvalidation(Owned, db.Model):
    """One decision about the own organisation's signatures. ``filter`` is the criteria in words, as they were then."""

    __tablename__ = "pledge_invalidation"
    __table_args__: Any = (
        Index(None, "organisation_id", "drive_id", "created_at"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    drive_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_drive.id"))
    author_label: Mapped[str]
    reason_cipher: Mapped[bytes]
    filter_cipher: Mapped[bytes]
    number: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

    reason = Sealed("reason_cipher")
    filter = Sealed("filter_cipher")

    def undo(self, at: datetime, by: str) -> bool:
        """Note that it was taken back; returns whether that changed anything."""
        if self.undone_at is not None:
            return False
        self.undone_at, self.undone_by = at, by
        return True
