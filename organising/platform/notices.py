"""Writing to a member once about one thing: the right to it is claimed, and a mail server that says no for good is not asked again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from .db import db
from .logging import get_logger
from .message import OutgoingMail
from .once import Outcome, send_once

log = get_logger(__name__)


class Notice:
    """The right to write to one person about one thing: a row of ``kind``, of which there is one for each ``about``.

    ``beside``: what else the row keeps.
    """

    def __init__(self, kind: Any, *, beside: Mapping[str, Any] = MappingProxyType({}), **about: Any) -> None:
        self._kind, self._about, self._beside = kind, about, beside

    def claim(self) -> bool:
        """Take the right: true once, over all workers."""
        statement = insert(self._kind).values({**self._beside, **self._about})
        claimed = statement.on_conflict_do_nothing(index_elements=list(self._about))
        return bool(db.session.execute(claimed.returning(self._kind.id)).all())

    def give_back(self) -> None:
        """Let go of a right that came to nothing, so that the sweep tries again."""
        db.session.execute(delete(self._kind).filter_by(**self._about))


def tell(mail: OutgoingMail, notice: Notice, *, what: str) -> None:
    """Send unless the notice was claimed before; ``what`` names it in the log. A refusal that may pass is left to the sweep."""
    attempt = send_once(mail, claim=notice.claim, give_back=notice.give_back)
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning(f"{what}_uncertain")
    if attempt.refusal is not None:
        if attempt.refusal.is_permanent:
            notice.claim()
            db.session.commit()
        log.warning(f"{what}_refused", code=attempt.refusal.code)
