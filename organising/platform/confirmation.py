"""What waits for one confirmation mail, whatever it confirms: sent once, tried again for two days, then given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Mapped, mapped_column

from .clock import now
from .db import db
from .message import OutgoingMail
from .once import Attempt, send_once
from .ownership import Owned

GIVE_UP = timedelta(hours=48)
# A sweep rings again for the same row only after so long: a slow queue is not filled with the same doorbell.
RING_AGAIN = timedelta(minutes=5)
# The doorbell of a fresh row is still on its way.
FRESH = timedelta(seconds=20)
LONGEST_WAIT_MINUTES = 240


class AwaitsConfirmation(Owned):
    """Columns and rules of an owned row with one confirmation mail; ``waits`` says which rows wait."""

    confirmation_due_at: Mapped[datetime | None]
    confirmation_sent_at: Mapped[datetime | None]
    confirmation_refused_at: Mapped[datetime | None]
    confirmation_tries: Mapped[int] = mapped_column(default=0)

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Which rows may be sent a confirmation mail at all."""
        raise NotImplementedError

    @classmethod
    def claim_due(cls, limit: int = 200) -> Sequence[UUID]:
        """Rows of the current organisation whose mail is due and not sent; each is claimed for five minutes."""
        at = now()
        due = (
            select(cls.id)
            .where(
                cls.waits(),
                cls.confirmation_sent_at.is_(None),
                cls.confirmation_refused_at.is_(None),
                cls.confirmation_due_at < at - FRESH,
            )
            .order_by(cls.confirmation_due_at)
            .limit(limit)
        )
        ids = list(db.session.scalars(due))
        if ids:
            _change(update(cls).where(cls.id.in_(ids)).values(confirmation_due_at=at + RING_AGAIN))
        return ids

    def send_confirmation(self, mail: OutgoingMail) -> Attempt:
        """Send this row's mail, unless another worker has; a refusal is noted: for good, or to be tried again."""
        row_id = self.id
        attempt = send_once(
            mail, claim=lambda: self._claim(row_id), give_back=lambda: self._give_back(row_id)
        )
        if attempt.refusal is not None:
            self._note_refusal(permanent=attempt.refusal.is_permanent)
        return attempt

    @classmethod
    def _claim(cls, row_id: UUID) -> bool:
        mine = update(cls).where(cls.id == row_id, cls.waits(), cls.confirmation_sent_at.is_(None))
        return _change(mine.values(confirmation_sent_at=now())) == 1

    @classmethod
    def _give_back(cls, row_id: UUID) -> None:
        _change(update(cls).where(cls.id == row_id).values(confirmation_sent_at=None))

    def _note_refusal(self, *, permanent: bool) -> None:
        at = now()
        if permanent or self.created_at < at - GIVE_UP:
            self.confirmation_refused_at = at
            return
        self.confirmation_tries += 1
        wait = min(2 ** (self.confirmation_tries - 1), LONGEST_WAIT_MINUTES)
        self.confirmation_due_at = at + timedelta(minutes=wait)


def _change(statement: Any) -> int:
    changed: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(changed.rowcount)
