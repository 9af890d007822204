"""What is closed without being deleted: a unit, an ask."""

from datetime import datetime

from sqlalchemy.orm import Mapped


class Closable:
    """Closed, it keeps all that was written of it and takes nothing new; it may be opened again."""

    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether it takes anything new."""
        return self.closed_at is None

    def close(self, at: datetime) -> bool:
        """Take nothing new from now on; returns whether that changed anything."""
        if self.closed_at is not None:
            return False
        self.closed_at = at
        return True

    def reopen(self) -> bool:
        """Take something new again; returns whether that changed anything."""
        if self.closed_at is None:
            return False
        self.closed_at = None
        return True
