"""The connections of one runner: each carries one message to its dot, and over it when told."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from organising.config import SmtpServer
from organising.platform.mail import Receipt, Refused, ReplyLost, SmtpConnection, in_step

from .services.outbox import Claim, Result
from .states import DeliveryState

UNREACHED_SECONDS = 30.0
FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 4 * 3600.0
QUEUED_AS = re.compile(r"\b(?:queued as|id=|queued mail for delivery.*?<?)\s*([\w.@-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Held:
    """A message waiting at its dot on one connection."""

    claim: Claim
    connection: SmtpConnection


class Lanes:
    """As many connections as the relay takes (``SmtpServer.connections``), opened when first needed."""

    def __init__(self, server: SmtpServer) -> None:
        self._connections = [SmtpConnection(server) for _ in range(server.connections)]

    @property
    def size(self) -> int:
        return len(self._connections)

    def hold(
        self, messages: Sequence[tuple[Claim, str, bytes]], meanwhile: Callable[[], None]
    ) -> tuple[list[Held], list[Result]]:
        """Bring up to ``size`` messages ``(claim, sender, content)`` to their dot; the refused come back as results.

        ``meanwhile`` runs each time the relay thinks; it must not raise.
        """
        pairs = list(zip(messages, self._connections, strict=False))
        outcomes = in_step(
            [
                connection.holding(sender, claim.address, content)
                for (claim, sender, content), connection in pairs
            ],
            meanwhile,
        )
        held, refused = [], []
        for ((claim, _, _), connection), outcome in zip(pairs, outcomes, strict=True):
            if outcome is None:
                held.append(Held(claim, connection))
            else:
                refused.append(_refused(claim, outcome))
        return held, refused

    def release(self, held: Sequence[Held], meanwhile: Callable[[], None]) -> list[Result]:
        """Send the dots, and answer what came of each. ``meanwhile`` runs while the relay thinks; it must not raise."""
        outcomes = in_step([one.connection.releasing() for one in held], meanwhile)
        return [_released(one.claim, outcome) for one, outcome in zip(held, outcomes, strict=True)]

    def close(self) -> None:
        """Say goodbye on every connection."""
        for connection in self._connections:
            connection.close()

    def abort(self) -> None:
        """Drop every connection: whatever is held is never sent."""
        for connection in self._connections:
            connection.abort()


def retry_seconds(attempt: int) -> float:
    """How long to wait after a temporary refusal: full jitter, doubling from a minute up to four hours."""
    return random.uniform(0, min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(attempt, 10)))  # noqa: S311


def _refused(claim: Claim, error: Refused) -> Result:
    if error.code == 0:
        return Result(
            claim, DeliveryState.DEFERRED, None, f"not reached: {error.reason}", None, UNREACHED_SECONDS
        )
    if error.is_permanent:
        return Result(claim, DeliveryState.FAILED, error.code, error.reason)
    return Result(claim, DeliveryState.DEFERRED, error.code, error.reason, None, retry_seconds(claim.attempt))


def _released(claim: Claim, outcome: Receipt | Refused | ReplyLost) -> Result:
    if isinstance(outcome, Receipt):
        found = QUEUED_AS.search(outcome.text)
        return Result(
            claim, DeliveryState.ACCEPTED, outcome.code, outcome.text, found.group(1) if found else None
        )
    if isinstance(outcome, Refused):
        return _refused(claim, outcome)
    return Result(claim, DeliveryState.UNCERTAIN, None, f"no answer after the message was sent: {outcome}")
