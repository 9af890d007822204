"""The connections of one runner: each carries one message to its dot, and over it when told."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

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
    """As many connections as the relay takes (``SmtpServer.connections``), opened when first needed, in two halves.

    While one half's dots are answered, the other half brings what comes next to its dots, so that the relay need not wait
    for the database nor the database for the relay. A relay that takes one connection does one after the other.
    """

    def __init__(self, server: SmtpServer) -> None:
        self.size = max(1, server.connections // 2)
        halves = min(2, server.connections)
        self._halves = [[SmtpConnection(server) for _ in range(self.size)] for _ in range(halves)]
        self._idle = self._halves[0]

    def exchange(
        self,
        going: Sequence[Held],
        messages: Sequence[tuple[Claim, str, bytes]],
        meanwhile: Callable[[], None],
    ) -> tuple[list[Result], list[Held], list[Result]]:
        """Send the dots of ``going`` and bring up to ``size`` messages ``(claim, sender, content)`` to theirs.

        Answers what came of the dots; what is held now; and those refused before their dot. What is held must go, or be
        aborted, before the next-but-one exchange. ``meanwhile`` runs each time the relay thinks; it must not raise.
        """
        dots = [one.connection.releasing() for one in going]
        early: list[Any] = []
        if len(self._halves) == 1:
            early, dots = in_step(dots, meanwhile), []
        pairs = list(zip(messages, self._idle, strict=False))
        self._idle = self._halves[(self._halves.index(self._idle) + 1) % len(self._halves)]
        bringing = [
            connection.holding(sender, claim.address, content)
            for (claim, sender, content), connection in pairs
        ]
        outcomes = early + in_step([*dots, *bringing], meanwhile)
        released = [_released(one.claim, outcome) for one, outcome in zip(going, outcomes, strict=False)]
        held, refused = [], []
        for ((claim, _, _), connection), outcome in zip(pairs, outcomes[len(going) :], strict=True):
            if outcome is None:
                held.append(Held(claim, connection))
            else:
                refused.append(_refused(claim, outcome))
        return released, held, refused

    def close(self) -> None:
        """Say goodbye on every connection."""
        for connection in chain(*self._halves):
            connection.close()

    def abort(self) -> None:
        """Drop every connection: whatever is held is never sent."""
        for connection in chain(*self._halves):
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
