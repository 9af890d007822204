"""How fast anybody may be written to, over all partners: asked at the moment of sending.

A refused slot means “later”, never “skipped”. The counts stand under names that tell nobody whom they are
about: the database keeps a keyed hash of an address, a person, an organisation, and a mail domain in clear.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import text

from organising.config import Settings
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.keys import derive
from organising.rates import Rate

# A domain that asks to be left alone is, for a minute first, for longer each time it asks again.
FIRST_SLOW_SECONDS = 60.0
MOST_SLOW_SECONDS = 3600.0
SLOWING_CODES = frozenset({421, 450, 451, 452})
WHOLE_DAY = 86_400.0

TAKE = text(
    "SELECT number, again_at FROM app.take_sending_slots("
    "CAST(:numbers AS integer[]), CAST(:names AS text[]), CAST(:caps AS integer[]), CAST(:seconds AS float8[]))"
)
SLOW = text("SELECT app.slow_sending(:name, :first, :most)")


@dataclass(frozen=True)
class Passenger:
    """One message that wants to leave: where to, and for whom."""

    address: str
    person_id: UUID | None

    @property
    def domain(self) -> str:
        """The mail domain written to."""
        return domain_of(self.address)


def take_slots(
    organisation_id: UUID, mailing_id: UUID, passengers: Sequence[Passenger], per_hour: int | None
) -> dict[int, datetime]:
    """Take a slot of every limit for each passenger; answers those that must wait, by place, with until when.

    Those not in the answer have their slots. ``per_hour`` is the mailing's own drip. Commit soon: one taker
    is let in at a time.
    """
    rates = limits()
    wanted: list[tuple[int, str, int, float]] = []
    for place, one in enumerate(passengers):
        for name, rate in _limits_of(organisation_id, mailing_id, one, per_hour, rates):
            wanted.append((place, name, rate.most, rate.seconds))
        # A domain is looked at even without a limit: it may have asked to be left alone.
        if "domain" not in rates:
            wanted.append((place, f"domain:{one.domain}", 2**31 - 1, WHOLE_DAY))
    numbers, names, caps, seconds = (
        (list(column) for column in zip(*wanted, strict=True)) if wanted else ([],) * 4
    )
    rows = db.session.execute(TAKE, {"numbers": numbers, "names": names, "caps": caps, "seconds": seconds})
    return {row.number: row.again_at for row in rows}


def take_once(kind: str, value: str, rate: Rate) -> bool:
    """Take one of so many of something, named by a keyed hash of ``value``; answers whether there was one left."""
    values = {"numbers": [0], "names": [_hidden(kind, value)], "caps": [rate.most], "seconds": [rate.seconds]}
    return not db.session.execute(TAKE, values).all()


def slow_domain(address: str) -> float:
    """An address's mail system asked for patience: nobody writes to that domain for a while. Answers the seconds."""
    name = f"domain:{domain_of(address)}"
    until = db.session.scalar(SLOW, {"name": name, "first": FIRST_SLOW_SECONDS, "most": MOST_SLOW_SECONDS})
    assert isinstance(until, datetime)
    return max(0.0, (until - now()).total_seconds())


def limits() -> Mapping[str, Rate]:
    """The installation's limits by name; see ``MAIL_LIMITS`` in the README."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.mail_limits


def slowest_per_hour(domains: Mapping[str, int]) -> float | None:
    """How many messages an hour can leave at most, by the limits, for so many to each domain; ``None`` for no limit."""
    rates = limits()
    found = [rates[name].per_hour for name in ("relay", "organisation") if name in rates]
    if "domain" in rates and domains:
        found.append(rates["domain"].per_hour * sum(domains.values()) / max(domains.values()))
    return min(found, default=None)


def domain_of(address: str) -> str:
    """The mail domain of an address, which stands for the receiving mail system."""
    return address.rpartition("@")[2].lower()


def drip(per_hour: int) -> Rate:
    """So many an hour as an even trickle rather than as a burst at the top of each hour."""
    return Rate(per_hour // 12, 300.0) if per_hour >= 12 else Rate(1, 3600.0 / per_hour)


def _limits_of(
    organisation_id: UUID, mailing_id: UUID, one: Passenger, per_hour: int | None, rates: Mapping[str, Rate]
) -> Iterable[tuple[str, Rate]]:
    keys = {
        "relay": "relay",
        "domain": f"domain:{one.domain}",
        "organisation": _hidden("organisation", str(organisation_id)),
        "address": _hidden("address", one.address.lower()),
        "representative": _hidden("representative", str(one.person_id)),
    }
    for name, rate in rates.items():
        if name != "representative" or one.person_id is not None:
            yield keys[name], rate
    if per_hour:
        yield _hidden("mailing", str(mailing_id)), drip(per_hour)


def _hidden(kind: str, value: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    key = derive(settings.installation_key, "sending slots")
    return f"{kind}:{hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]}"


def forget() -> None:
    """Throw away the counts of days gone by."""
    db.session.execute(text("SELECT app.forget_sending_slots()"))
