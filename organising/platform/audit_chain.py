"""The audit log's chain: sealing events, and reading every chain again to find what was changed since.

Each sealed event has a place, counted from 1 in its organisation, and a hash:
``SHA-256(hash of the place before || text)``, with 32 zero bytes before the first. The text is PostgreSQL's
``jsonb_build_array(1, place, organisation, event, user, action, subject type, subject, when, facts, sealed when)::text`` in
UTF-8, instants as whole microseconds since 1970.

A plain hash, not a keyed one: whoever holds a copy of the database can check it, without a secret of the server's. Against
whoever owns the database and computes the whole chain anew no key on the same server would help; a head that was kept
elsewhere does.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from .db import db
from .tenancy import Context, use_context

BATCH = 1_000
SEALING = Context(purpose="seal")
# A sealing after this time would have taken the event along; a backlog is worked off well within the second.
OVERDUE, BACKLOG = timedelta(hours=1), timedelta(minutes=10)
NOTHING_BEFORE = bytes(32)

EVENTS = text(
    """
    SELECT s.place, s.hash, s.created_at AS sealed_at, coalesce(s.id, e.id) AS id, e.id IS NOT NULL AS present,
           e.tx, e.created_at, e.action,
           jsonb_build_array(1, s.place, e.organisation_id, e.id, e.user_id, e.action, e.subject_type, e.subject_id,
             (extract(epoch FROM e.created_at) * 1000000)::bigint, e.facts,
             (extract(epoch FROM s.created_at) * 1000000)::bigint)::text AS sealed_text
      FROM (SELECT * FROM audit_event WHERE organisation_id = :o) e
      FULL JOIN (SELECT * FROM audit_seal WHERE organisation_id = :o) s ON s.id = e.id
     ORDER BY s.place NULLS LAST, e.tx, e.created_at
    """
)
HEADS = text(
    "SELECT place, hash, created_at FROM audit_seal WHERE organisation_id = :o ORDER BY place DESC LIMIT 1"
)


@dataclass(frozen=True)
class Head:
    """The last seal of an organisation's chain: to be kept elsewhere."""

    organisation: str
    place: int
    hash: str
    sealed_at: datetime


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed. ``place`` is the event's in the chain, ``None`` where it has none."""

    kind: str
    place: int | None
    event_id: UUID | None
    words: str


@dataclass
class Chain:
    """What reading one organisation's chain found. ``waiting``: events too young to be sealed, no fault; since when."""

    organisation: str
    sealed: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    head: str = ""
    faults: list[Fault] = field(default_factory=list)
    found_heads: set[str] = field(default_factory=set)


def seal_all() -> int:
    """Seal what every organisation has unsealed, a transaction per batch; answers how many events. Those who left too."""
    return sum(_seal(organisation_id) for organisation_id, _ in list_chains())


def _seal(organisation_id: UUID) -> int:
    total = 0
    while True:
        with use_context(SEALING) as session:
            sealed = session.scalar(
                text("SELECT app.seal_audit(:o, :most)"), {"o": organisation_id, "most": BATCH}
            )
            session.commit()
        total += int(sealed or 0)
        if not sealed or sealed < BATCH:
            return total


def list_chains(slug: str | None = None) -> list[tuple[UUID, str]]:
    """Each organisation's id and short address, in the order of those; one alone where it is named."""
    with use_context(Context(purpose="seal")) as session:
        rows = session.execute(text("SELECT id, slug FROM organisation ORDER BY slug")).all()
    return [(row.id, row.slug) for row in rows if slug in (None, row.slug)]


def read_head(organisation_id: UUID, slug: str) -> Head | None:
    """The chain's present end, or ``None`` where nothing is sealed yet."""
    with use_context(Context(organisation_id=organisation_id)) as session:
        row = session.execute(HEADS, {"o": organisation_id}).one_or_none()
    return Head(slug, row.place, bytes(row.hash).hex(), row.created_at) if row else None


def verify_chain(organisation_id: UUID, slug: str, heads: Collection[str] = ()) -> Chain:
    """Compute one organisation's chain anew. ``heads``: hashes in hexadecimal that may have been its ends."""
    with use_context(Context(organisation_id=organisation_id)):
        return judge(slug, _stream(organisation_id), heads)


def judge(slug: str, rows: Iterable[Row[Any]], heads: Collection[str] = ()) -> Chain:
    """What the rows of :data:`EVENTS` say of a chain.

    Each row is judged against the hash kept before it, so that a fault names its own row and not all that follow.
    """
    reader = _Reader(Chain(slug), frozenset(heads))
    for row in rows:
        reader.read(row)
    return reader.chain


def _stream(organisation_id: UUID) -> Iterator[Row[Any]]:
    options = {"stream_results": True, "yield_per": BATCH}
    yield from db.session.execute(EVENTS, {"o": organisation_id}, execution_options=options)


class _Reader:
    """Reads sealed rows by their place, then those without a seal."""

    def __init__(self, chain: Chain, heads: frozenset[str]) -> None:
        self.chain, self._heads = chain, heads
        self._before: bytes | None = NOTHING_BEFORE
        self._place = 0
        self._moments: deque[datetime] = deque()
        self._sealing_before: datetime | None = None
        self._last_tx: int | None = None

    def read(self, row: Row[Any]) -> None:
        if row.place is None:
            self._unsealed(row)
            return
        self._gap(row.place)
        self._sealed(row)
        self._place, self._before = row.place, bytes(row.hash)
        self.chain.sealed += 1
        self.chain.head = self._before.hex()
        if self.chain.head in self._heads:
            self.chain.found_heads.add(self.chain.head)

    def _gap(self, place: int) -> None:
        if place == self._place + 1:
            return
        gone = f"{self._place + 1}" if place == self._place + 2 else f"{self._place + 1} to {place - 1}"
        self._fault("seal missing", self._place + 1, None, f"the seal of place {gone} is gone")
        # What stood before is not known, so this row can't be judged; its neighbour has told.
        self._before = None

    def _sealed(self, row: Row[Any]) -> None:
        if not row.present:
            self._fault("deleted", row.place, row.id, "the event was deleted; its seal is still there")
            return
        if self._before is not None and _link(self._before, row.sealed_text) != bytes(row.hash):
            self._fault("changed", row.place, row.id, f"the event ({row.action}) or its seal was changed")
        if self._overdue(row.created_at, self._sealing_well_before(row.sealed_at)):
            words = f"the event ({row.action}) says it is older than a sealing that did not find it"
            self._fault("backdated", row.place, row.id, words)
        self._last_tx = row.tx

    def _sealing_well_before(self, moment: datetime) -> datetime | None:
        """The last sealing that was not part of the same working off."""
        while self._moments and self._moments[0] <= moment - BACKLOG:
            self._sealing_before = self._moments.popleft()
        if not self._moments or self._moments[-1] != moment:
            self._moments.append(moment)
        return self._sealing_before

    def _unsealed(self, row: Row[Any]) -> None:
        passed_over = self._last_tx is not None and row.tx < self._last_tx
        if passed_over or self._overdue(row.created_at, self._moments[-1] if self._moments else None):
            words = f"an event ({row.action}) was put among sealed ones, or lost its seal"
            self._fault("inserted", None, row.id, words)
            return
        self.chain.waiting += 1
        since = self.chain.waiting_since
        self.chain.waiting_since = min(since, row.created_at) if since else row.created_at

    @staticmethod
    def _overdue(created_at: datetime, sealing: datetime | None) -> bool:
        return sealing is not None and created_at + OVERDUE < sealing

    def _fault(self, kind: str, place: int | None, event_id: UUID | None, words: str) -> None:
        self.chain.faults.append(Fault(kind, place, event_id, words))


def _link(before: bytes, sealed_text: str) -> bytes:
    return hashlib.sha256(before + sealed_text.encode()).digest()
