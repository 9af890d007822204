"""Writing to a member once about one thing: the right to it is claimed, and a mail server that says no for good is not asked again."""

from collections.abc import Callable

from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.message import OutgoingMail
from ..platform.once import Outcome, send_once

log = get_logger(__name__)


def tell(
    mail: OutgoingMail, *, claim: Callable[[], bool], give_back: Callable[[], object], what: str
) -> None:
    """Send unless ``claim`` finds that it went; ``what`` names it in the log. A refusal that may pass is left to the sweep."""
    attempt = send_once(mail, claim=claim, give_back=give_back)
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning(f"{what}_uncertain")
    if attempt.refusal is not None:
        if attempt.refusal.is_permanent:
            claim()
            db.session.commit()
        log.warning(f"{what}_refused", code=attempt.refusal.code)
