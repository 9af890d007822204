"""How often something may be done: ``60/minute``, read from the settings."""

import re
from collections.abc import Collection
from dataclasses import dataclass

SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0}
MOST = 1_000_000
_RATE = re.compile(r"([a-z]+)=(\d{1,7})/(minute|hour|day)")


@dataclass(frozen=True)
class Rate:
    """At most ``most`` in any ``seconds``."""

    most: int
    seconds: float

    @property
    def per_hour(self) -> float:
        """The same as a number an hour."""
        return self.most * 3600.0 / self.seconds


def parse_rates(text: str, names: Collection[str]) -> dict[str, Rate]:
    """Read ``domain=60/minute address=20/hour``; ``names`` are those that exist. ``none`` is no rate at all.

    Raises ``ValueError`` naming the first part that can't be read.
    """
    rates: dict[str, Rate] = {}
    for part in text.split() if text.strip() != "none" else []:
        found = _RATE.fullmatch(part)
        if found is None or found[1] not in names:
            raise ValueError(f"{part!r} is no limit such as domain=60/minute; there are {', '.join(names)}")
        if not 1 <= int(found[2]) <= MOST:
            raise ValueError(f"{part!r} must allow from 1 to {MOST}")
        rates[found[1]] = Rate(int(found[2]), SECONDS[found[3]])
    return rates
