"""How much comes from where, by five minutes, for some hours: keyed tokens in Redis, and no address anywhere.

Written with the count of :mod:`organising.platform.bursts`, in the same round trip.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from .logging import get_logger
from .queue import get_redis

__all__ = ["ALL", "Mark", "read_before", "read_recent"]

log = get_logger(__name__)
PREFIX = "organising:flow:"
STEP_SECONDS = 300
KEPT_SECONDS = 6 * 3600
# Whoever sends from ever new places fills no more than this in five minutes; the rest is in the sum alone.
MOST_TOKENS = 5_000
ALL = "all"


@dataclass(frozen=True)
class Mark:
    """One more from the place that ``token`` names (keyed) in the flow ``name``."""

    name: str
    token: str
    at: datetime

    @property
    def key(self) -> str:
        """Where it is counted."""
        return _key(self.name, int(self.at.timestamp()) // STEP_SECONDS)


def read_recent(name: str, at: datetime, steps: int) -> Counter[str]:
    """How many came by token, and all of them together under :data:`ALL`, in so many steps up to now."""
    last = int(at.timestamp()) // STEP_SECONDS
    found: Counter[str] = Counter()
    for counted in _read([("hgetall", (_key(name, last - ago),)) for ago in range(steps)]):
        for token, number in counted.items():
            found[token.decode()] += int(number)
    return found


def read_before(name: str, token: str, at: datetime, steps: int) -> tuple[int, int]:
    """How many came by this token, and of all, in the hours before the last ``steps``."""
    last = int(at.timestamp()) // STEP_SECONDS
    asked = [
        ("hmget", (_key(name, last - ago), [token, ALL]))
        for ago in range(steps, KEPT_SECONDS // STEP_SECONDS)
    ]
    answers = _read(asked)
    return sum(int(one or 0) for one, _ in answers), sum(int(every or 0) for _, every in answers)


def _key(name: str, step: int) -> str:
    return f"{PREFIX}{name}:{step}"


def _read(commands: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
    try:
        with get_redis().pipeline(transaction=False) as pipe:
            for command, given in commands:
                getattr(pipe, command)(*given)
            answers: list[Any] = pipe.execute()
            return answers
    except RedisError as error:
        log.warning("flow_not_read", reason=type(error).__name__)
        return []
