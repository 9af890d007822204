"""What waits for one confirmation mail, whatever it confirms: sent once, tried again for two days, then given up."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Mapped, mapped_column

from .clock import now
from .db import change_rows, db
from .logging import get_logger
from .message import OutgoingMail
from .once import Attempt, send_once
from .ownership import Owned

log = get_logger(__name__)
GIVE_UP = timedelta(hours=48)
# Taken for so long: what a worker that died had in hand is another's after that.
TAKEN_FOR = timedelta(minutes=5)
BATCH = 20
# Then the job goes to the end of its queue: a flood of signatures keeps nobody's sign-in waiting.
BUDGET_SECONDS = 5.0
# The doorbell of a fresh row is still on its way.
FRESH = timedelta(seconds=20)
LONGEST_WAIT_MINUTES = 240
# The check that each such table carries.
KEPT_LANGUAGE = (
    "confirmation_language IS NULL OR "
    "(confirmation_language IN ('cy', 'es', 'pt') AND confirmation_sent_at IS NULL)"
)


class AwaitsConfirmation(Owned):
    """Columns and rules of an owned row with one confirmation mail; ``waits`` says which rows wait."""

    confirmation_due_at: Mapped[datetime | None]
    confirmation_sent_at: Mapped[datetime | None]
    confirmation_refused_at: Mapped[datetime | None]
    confirmation_tries: Mapped[int] = mapped_column(default=0)
    # In which the mail is written, None for English. It hints at nationality: the database empties it as the mail goes.
    confirmation_language: Mapped[str | None]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Which rows may be sent a confirmation mail at all."""
        raise NotImplementedError

    @classmethod
    def _due(cls, at: datetime) -> ColumnElement[bool]:
        return and_(
            cls.waits(),
            cls.confirmation_sent_at.is_(None),
            cls.confirmation_refused_at.is_(None),
            cls.confirmation_due_at < at,
        )

    @classmethod
    def is_overdue(cls) -> bool:
        """Whether mail of the current organisation is due that no doorbell brought."""
        return bool(db.session.scalar(select(exists().where(cls._due(now() - FRESH)))))

    @classmethod
    def claim_due(cls) -> Sequence[UUID]:
        """Rows of the current organisation whose mail is due and that nobody else is taking; each for five minutes."""
        at = now()
        due = select(cls.id).where(cls._due(at)).order_by(cls.confirmation_due_at).limit(BATCH)
        ids = list(db.session.scalars(due.with_for_update(skip_locked=True)))
        if ids:
            change_rows(update(cls).where(cls.id.in_(ids)).values(confirmation_due_at=at + TAKEN_FOR))
        return ids

    def send_confirmation(self, mail: OutgoingMail) -> Attempt:
        """Send this row's mail, unless another worker has; a refusal is noted: for good, or to be tried again."""
        row_id, language = self.id, self.confirmation_language
        attempt = send_once(
            mail, claim=lambda: self._claim(row_id), give_back=lambda: self._give_back(row_id, language)
        )
        if attempt.refusal is not None:
            self._note_refusal(permanent=attempt.refusal.is_permanent)
        return attempt

    @classmethod
    def _claim(cls, row_id: UUID) -> bool:
        mine = update(cls).where(cls.id == row_id, cls.waits(), cls.confirmation_sent_at.is_(None))
        return change_rows(mine.values(confirmation_sent_at=now())) == 1

    @classmethod
    def _give_back(cls, row_id: UUID, language: str | None) -> None:
        unsent = {"confirmation_sent_at": None, "confirmation_language": language}
        change_rows(update(cls).where(cls.id == row_id).values(unsent))

    def _note_refusal(self, *, permanent: bool) -> None:
        at = now()
        if permanent or self.created_at < at - GIVE_UP:
            self.confirmation_refused_at = self.confirmation_due_at = at
            return
        self.confirmation_tries += 1
        wait = min(2 ** (self.confirmation_tries - 1), LONGEST_WAIT_MINUTES)
        self.confirmation_due_at = at + timedelta(minutes=wait)


def send_due(model: type[AwaitsConfirmation], send: Callable[[UUID], object]) -> bool:
    """Send every mail of this kind that is due in the current organisation; answers whether time ran out before.

    ``send`` takes a row's id. One that fails is left to a later sweep and holds up no other.
    """
    ends = time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < ends:
        ids = model.claim_due()
        db.session.commit()
        if not ids:
            return False
        for row_id in ids:
            try:
                send(row_id)
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                log.error("confirmation_failed", kind=model.__name__, error=type(error).__name__)
    return True
