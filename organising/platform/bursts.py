"""How much is taken at once, counted in Redis in one round trip: over all web processes, and forgotten with its window.

Each window's limit is drawn anew, so that nobody can find out how many others were counted by filling it up.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from redis.exceptions import RedisError

from .flows import KEPT_SECONDS, MOST_TOKENS, Mark
from .logging import get_logger
from .queue import get_redis

__all__ = ["Window", "seconds_to_wait"]

log = get_logger(__name__)
PREFIX = "organising:burst:"
# After Redis did not answer, nobody waits for it for so long.
REST_SECONDS = 5.0
EXTENSION = "organising.bursts"

# Full windows say how long until they end; else one is counted in each, and in the flow, where there is one.
# ARGV: how many windows, per window its limit and its seconds; the flow's token, its seconds and its most tokens.
COUNT = """
local windows, wait = tonumber(ARGV[1]), 0
for i = 1, windows do
  local key = KEYS[i]
  local seen = redis.call('HMGET', key, 'n', 'most')
  if seen[1] and tonumber(seen[1]) >= tonumber(seen[2]) then
    wait = math.max(wait, 1, math.ceil(redis.call('PTTL', key) / 1000))
  end
end
if wait > 0 then return wait end
for i = 1, windows do
  local key = KEYS[i]
  if redis.call('HINCRBY', key, 'n', 1) == 1 then
    redis.call('HSET', key, 'most', ARGV[2 * i])
    redis.call('EXPIRE', key, ARGV[2 * i + 1])
  end
end
local flow = KEYS[windows + 1]
if flow then
  local token, seconds, most = unpack(ARGV, 2 * windows + 2)
  redis.call('HINCRBY', flow, 'all', 1)
  if redis.call('HEXISTS', flow, token) == 1 or redis.call('HLEN', flow) <= tonumber(most) then
    redis.call('HINCRBY', flow, token, 1)
  end
  redis.call('EXPIRE', flow, seconds)
end
return 0
"""


@dataclass(frozen=True)
class Window:
    """At least ``most`` and at most half as many more in ``seconds``, of what ``token`` names (keyed: it is no address)."""

    token: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        """Where it is counted."""
        return f"{PREFIX}{self.seconds}:{self.token}"

    def draw(self) -> int:
        """The limit of a window that begins now."""
        return self.most + secrets.randbelow(self.most // 2 + 1)


def seconds_to_wait(windows: Sequence[Window], mark: Mark | None = None) -> int:
    """Count one in each window: 0. Where one is full nothing is counted, and the answer is when all have room again.

    ``mark``: where it came from, kept in the same round trip.

    While Redis is gone everything is taken; the log says so.
    """
    rests: dict[str, Any] = current_app.extensions.setdefault(EXTENSION, {"until": 0.0})
    if time.monotonic() < rests["until"]:
        return 0
    count = rests.get("count") or rests.setdefault("count", get_redis().register_script(COUNT))
    keys = [window.key for window in windows]
    given: list[int | str] = [len(keys)]
    given += [value for window in windows for value in (window.draw(), window.seconds)]
    if mark is not None:
        keys.append(mark.key)
        given += [mark.token, KEPT_SECONDS, MOST_TOKENS]
    try:
        return int(count(keys=keys, args=given))
    except RedisError as error:
        rests["until"] = time.monotonic() + REST_SECONDS
        log.warning("bursts_not_counted", reason=type(error).__name__)
        return 0
