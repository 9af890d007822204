"""Rows that are taken from a list and can be put back."""

from datetime import datetime

from sqlalchemy.orm import Mapped


class Removable:
    """A mixin of models: ``removed_at`` is when it was taken from the list."""

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
