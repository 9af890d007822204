"""Mail that leaves once: the right to send it is committed while the message is held at its final dot."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update

from .clock import now
from .db import db
from .logging import get_logger
from .mail import Refused, ReplyLost, get_mailer
from .message import OutgoingMail

__all__ = ["Attempt", "Outcome", "send_link", "send_once"]

log = get_logger(__name__)


class Outcome(StrEnum):
    """What became of one attempt. After ``uncertain`` nobody tries again by themselves."""

    SENT = "sent"
    TAKEN = "taken"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


@dataclass(frozen=True)
class Attempt:
    """One attempt to send, and the server's refusal where there was one."""

    outcome: Outcome
    refusal: Refused | None = None

    @property
    def may_have_left(self) -> bool:
        """Whether the message was handed over, or may have been."""
        return self.outcome in (Outcome.SENT, Outcome.UNCERTAIN)


class _Taken(Exception):
    """Another worker has the right to send, or there is none any more: this message is dropped at its dot."""


def send_once(mail: OutgoingMail, *, claim: Callable[[], bool], give_back: Callable[[], object]) -> Attempt:
    """Send a message unless another worker has, or may have.

    ``claim`` takes the right to send in the session's transaction and says whether it was there to take; it is
    committed before the dot, so that a worker that dies sends nothing twice. A server may still refuse the dot itself
    (RFC 5321 4.2.5: then it has taken no responsibility): ``give_back`` undoes the claim, committed too, so that the
    message is not lost. What was not committed when the server refuses is rolled back.
    """
    claimed = False

    def before_dot() -> None:
        nonlocal claimed
        if not claim():
            raise _Taken
        db.session.commit()
        claimed = True

    try:
        get_mailer().send(mail, before_dot=before_dot)
    except _Taken:
        db.session.rollback()
        return Attempt(Outcome.TAKEN)
    except ReplyLost:
        return Attempt(Outcome.UNCERTAIN)
    except Refused as refusal:
        db.session.rollback()
        if claimed:
            give_back()
            db.session.commit()
        return Attempt(Outcome.REFUSED, refusal)
    return Attempt(Outcome.SENT)


def send_link(model: Any, row_id: UUID, mail: OutgoingMail, *open_still: ColumnElement[bool]) -> Attempt:
    """Send the one mail of a row that notes ``sent_at`` and ``refusal_code``, while ``open_still`` holds.

    A refusal for good is kept for whoever asked for the mail; any other leaves the row unsent, to a sweep.
    """

    def change(*conditions: ColumnElement[bool], **values: Any) -> bool:
        changed = update(model).where(model.id == row_id, *conditions).values(**values)
        return bool(db.session.execute(changed.returning(model.id)).all())

    attempt = send_once(
        mail,
        claim=lambda: change(model.sent_at.is_(None), *open_still, sent_at=now()),
        give_back=lambda: change(sent_at=None),
    )
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning("link_uncertain", kind=model.__tablename__, row=str(row_id))
    if attempt.refusal is not None:
        change(refusal_code=attempt.refusal.code if attempt.refusal.is_permanent else None)
        log.warning("link_refused", kind=model.__tablename__, row=str(row_id), code=attempt.refusal.code)
    return attempt
