"""The outbox: the one place where a delivery's state changes. PostgreSQL is the truth; RQ only rings.

Each function is one statement, committed by the caller at once. What keeps each message single is the
*fence*:
a claim raises it, and every later step names it, so whoever lost a claim can change nothing and send nothing.
A message's dot is sent only after ``commit`` has moved its row from leased to committed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from organising.mailings.states import DeliveryState
from organising.platform.db import db

# An accepted message whose settlement was lost becomes uncertain after this long; one merely claimed is free
# again.
LEASE_SECONDS = 120.0
EXPANSION = 500


@dataclass(frozen=True)
class Claim:
    """A delivery held under a fence, until the lease ends. ``address`` is empty where only its source can open it."""

    id: UUID
    place: int
    choice_id: UUID | None
    letter_id: UUID | None
    pledge_id: UUID | None
    contact_id: UUID | None
    holding_id: UUID | None
    address: str
    message_id: str
    fence: int
    attempt: int
    born_at: datetime

    @property
    def is_private(self) -> bool:
        """Whether it goes to somebody whose address stands in their own row alone, sealed."""
        return self.choice_id is None and self.letter_id is None

    @property
    def domain(self) -> str:
        """The mail domain written to."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Result:
    """What became of a claim. ``retry_seconds`` is for the deferred and those put back."""

    claim: Claim
    state: DeliveryState
    code: int | None = None
    reply: str | None = None
    queue_id: str | None = None
    retry_seconds: float | None = None


EXPAND = text(
    """
    WITH chosen AS (
      SELECT c.*, gen_random_uuid() AS new_id FROM mailing_choice c
       WHERE c.organisation_id = :organisation AND c.mailing_id = :mailing AND c.left_out IS NULL
         AND NOT EXISTS (SELECT FROM delivery d WHERE d.organisation_id = c.organisation_id
                          AND d.mailing_id = c.mailing_id AND d.holding_id = c.holding_id)
         AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = :organisation AND m.id = :mailing AND
           m.state = 'sending')
       ORDER BY c.place LIMIT :size)
    INSERT INTO delivery (organisation_id, id, mailing_id, choice_id, holding_id, place, address, message_id,
    state,
                          next_at, changed_at)
    SELECT organisation_id, new_id, mailing_id, id, holding_id, place, address, '<' || new_id || '@' ||
      :host || '>', 'queued',
           clock_timestamp(), clock_timestamp()
      FROM chosen
    ON CONFLICT (organisation_id, mailing_id, holding_id) WHERE letter_id IS NULL DO NOTHING
    """
)

# Two letters that come at once may share a place: the claim goes round again for what it missed.
ADD_LETTER = text(
    """
    INSERT INTO delivery (organisation_id, id, mailing_id, letter_id, holding_id, place, address, message_id,
    state,
                          next_at, changed_at)
    SELECT :organisation, n.id, :mailing, :letter, :holding,
           (SELECT coalesce(max(place) + 1, 0) FROM delivery WHERE organisation_id = :organisation AND mailing_id =
             :mailing),
           :address, '<' || n.id || '@' || CAST(:host AS text) || '>', 'queued', clock_timestamp(), clock_timestamp()
      FROM (SELECT gen_random_uuid() AS id) n
    ON CONFLICT (organisation_id, letter_id) DO NOTHING
    """
)

CLAIM = text(
    """
    WITH due AS (
      SELECT organisation_id, id FROM delivery
       WHERE organisation_id = :organisation AND mailing_id = :mailing AND place > :after
         AND state IN ('queued', 'deferred') AND next_at <= clock_timestamp()
         AND (holding_id IS NULL OR holding_id <> ALL (CAST(:full AS uuid[])))
         AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = :organisation AND m.id = :mailing
                      AND m.state = 'sending' AND m.version = :version)
       ORDER BY place LIMIT :size FOR UPDATE SKIP LOCKED)
    UPDATE delivery d
       SET state = 'leased', fence = d.fence + 1, attempt = d.attempt + 1, changed_at = clock_timestamp(),
           lease_until = clock_timestamp() + make_interval(secs => :lease)
      FROM due WHERE d.organisation_id = due.organisation_id AND d.id = due.id
    RETURNING d.id, d.place, d.choice_id, d.letter_id, d.pledge_id, d.contact_id, d.holding_id, coalesce(d.address, '') AS address,
    d.message_id, d.fence, d.attempt, d.created_at AS born_at
    """
)

# Results of the batch before, and permission for the dots of this one, in one statement.
COMMIT = text(
    """
    WITH settled AS (
      UPDATE delivery d
         SET state = r.state, last_code = r.code, last_reply = r.reply, queue_id = coalesce(r.queue_id,
           d.queue_id),
             next_at = clock_timestamp() + make_interval(secs => coalesce(r.retry, 0)),
             -- Put back, it was not attempted.
             attempt = d.attempt - (r.state = 'queued')::int,
             lease_until = NULL, changed_at = clock_timestamp()
        FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[]), CAST(:states AS text[]), CAST(:codes AS
        int[]),
                    CAST(:replies AS text[]), CAST(:queue_ids AS text[]), CAST(:retries AS float8[]))
             AS r (id, fence, state, code, reply, queue_id, retry)
       WHERE d.organisation_id = :organisation AND d.id = ANY (CAST(:ids AS uuid[]))
         AND d.id = r.id AND d.fence = r.fence AND d.state IN ('leased', 'committed', 'uncertain')),
    moved AS (
      UPDATE delivery d
         SET state = 'committed', changed_at = clock_timestamp(),
             lease_until = clock_timestamp() + make_interval(secs => :lease)
        FROM unnest(CAST(:held AS uuid[]), CAST(:held_fences AS bigint[])) AS h (id, fence)
       WHERE d.organisation_id = :organisation AND d.id = ANY (CAST(:held AS uuid[]))
         AND d.id = h.id AND d.fence = h.fence AND d.state = 'leased'
         AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = :organisation AND m.id = :mailing
                      AND m.state = 'sending' AND m.version = :version)
      RETURNING d.id)
    SELECT id FROM moved
    """
)

# Leased was provably not sent; committed may have been, so nobody sends it again by itself.
RECOVER = text(
    """
    UPDATE delivery d
       SET state = CASE WHEN d.state = 'committed' THEN 'uncertain'
                        WHEN m.state = 'cancelled' THEN 'cancelled' ELSE 'queued' END,
           lease_until = NULL, changed_at = clock_timestamp()
      FROM mailing m
     WHERE d.organisation_id = :organisation AND d.mailing_id = :mailing AND m.organisation_id =
       d.organisation_id
       AND m.id = d.mailing_id AND d.state IN ('leased', 'committed') AND d.lease_until < clock_timestamp()
    """
)

CANCEL = text(
    """
    UPDATE delivery SET state = 'cancelled', lease_until = NULL, changed_at = clock_timestamp()
     WHERE organisation_id = :organisation AND mailing_id = :mailing AND state IN ('queued', 'leased',
       'deferred')
    """
)

PROGRESS = text(
    """
    UPDATE mailing SET progress = (
        SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM (
          SELECT state, count(*) AS n FROM delivery WHERE organisation_id = :organisation AND mailing_id =
            :mailing
           GROUP BY state) s)
     WHERE organisation_id = :organisation AND id = :mailing
    """
)

UNMAILABLE = text(
    """
    SELECT d.id, CASE WHEN h.end_on < :today THEN 'no longer in office'
                      WHEN dissolved.id IS NOT NULL THEN 'Parliament is dissolved'
                      WHEN d.letter_id IS NULL AND coalesce(office.contact_preference, 'email') <> 'email'
                      THEN 'the office asks to be written to another way'
                      ELSE 'the address has bounced' END AS reason
      FROM delivery d
      JOIN office_holding h ON h.id = d.holding_id
      JOIN person office ON office.id = h.person_id
      -- By the date alone, so that nothing leaves on the day itself before the terms are ended.
      LEFT JOIN LATERAL (
        SELECT p.id FROM parliament p
         WHERE p.dissolved_on <= :today AND coalesce(h.start_on, '-infinity') < p.dissolved_on
           AND (p.chamber, h.kind) IN
               (('commons', 'mp'), ('scottish', 'msp'), ('senedd', 'ms'), ('ni_assembly', 'mla'))
         LIMIT 1) dissolved ON true
     WHERE d.organisation_id = :organisation AND d.id = ANY (CAST(:ids AS uuid[]))
       AND (h.end_on < :today OR dissolved.id IS NOT NULL
            -- A constituent's own letter is no circular.
            OR d.letter_id IS NULL AND coalesce(office.contact_preference, 'email') <> 'email'
            OR EXISTS (SELECT FROM contact_point p WHERE p.person_id = h.person_id AND p.email = d.address
                        AND p.bounced_at IS NOT NULL))
    """
)

WORK = text(
    """
    SELECT count(*) FILTER (WHERE state IN ('queued', 'deferred') AND next_at <= clock_timestamp()) AS due,
           count(*) FILTER (WHERE state IN ('leased', 'committed') AND lease_until >= clock_timestamp()) AS
             live,
           count(*) FILTER (WHERE state IN ('queued', 'leased', 'committed', 'deferred')) AS unfinished
      FROM delivery WHERE organisation_id = :organisation AND mailing_id = :mailing
    """
)


def expand(organisation_id: UUID, mailing_id: UUID, host: str) -> int:
    """Write out one batch of the audience; answers how many were new. Repeating it after a crash adds only
    the rest.
    """
    rows = _run(EXPAND, organisation_id, mailing_id, host=host, size=EXPANSION)
    return int(rows.rowcount)


def count_written(organisation_id: UUID, mailing_id: UUID) -> int:
    """How many messages are written out."""
    statement = text(
        "SELECT count(*) FROM delivery WHERE organisation_id = :organisation AND mailing_id = :mailing"
    )
    return int(_run(statement, organisation_id, mailing_id).scalar_one())


def add_letter(
    organisation_id: UUID, mailing_id: UUID, *, letter_id: UUID, holding_id: UUID, address: str, host: str
) -> bool:
    """Put one constituent's letter into the outbox; answers whether it was not there before."""
    values = {"letter": letter_id, "holding": holding_id, "address": address, "host": host}
    return bool(_run(ADD_LETTER, organisation_id, mailing_id, **values).rowcount)


def claim(
    organisation_id: UUID,
    mailing_id: UUID,
    *,
    version: int,
    after: int,
    size: int,
    full: Collection[UUID] = (),
) -> list[Claim]:
    """Take up to ``size`` that are due, in order, from those that nobody else is taking.

    ``full`` are holdings to whom nothing may go for now: thousands who wait for one keep nobody else waiting.
    """
    rows = _run(
        CLAIM,
        organisation_id,
        mailing_id,
        version=version,
        after=after,
        size=size,
        lease=LEASE_SECONDS,
        full=list(full),
    )
    return sorted((Claim(**row._mapping) for row in rows), key=lambda one: one.place)


def unmailable(organisation_id: UUID, claims: Sequence[Claim], today: Any) -> dict[UUID, str]:
    """Those of the claims that must not be written to any more, and why."""
    rows = db.session.execute(
        UNMAILABLE, {"organisation": organisation_id, "ids": [one.id for one in claims], "today": today}
    )
    return {row.id: row.reason for row in rows}


def commit(
    organisation_id: UUID, mailing_id: UUID, *, version: int, held: Sequence[Claim], results: Sequence[Result]
) -> set[UUID]:
    """Write what became of earlier claims, and ask leave to send the dots of those held.

    Answers the ids that may go; a missing one was taken back, and its connection must be closed before the
    dot.
    """
    rows = _run(
        COMMIT,
        organisation_id,
        mailing_id,
        version=version,
        lease=LEASE_SECONDS,
        held=[one.id for one in held],
        held_fences=[one.fence for one in held],
        ids=[one.claim.id for one in results],
        fences=[one.claim.fence for one in results],
        states=[str(one.state) for one in results],
        codes=[one.code for one in results],
        replies=[one.reply for one in results],
        queue_ids=[one.queue_id for one in results],
        retries=[one.retry_seconds for one in results],
    )
    return {row.id for row in rows}


def recover(organisation_id: UUID, mailing_id: UUID) -> int:
    """Free what was claimed by a runner that is gone; what it may have sent becomes uncertain."""
    return int(_run(RECOVER, organisation_id, mailing_id).rowcount)


def cancel_waiting(organisation_id: UUID, mailing_id: UUID) -> int:
    """Cancel what has not left; answers how many."""
    return int(_run(CANCEL, organisation_id, mailing_id).rowcount)


def note_progress(organisation_id: UUID, mailing_id: UUID) -> None:
    """Write the counts onto the mailing, for readers who may see no delivery."""
    _run(PROGRESS, organisation_id, mailing_id)


def work_of(organisation_id: UUID, mailing_id: UUID) -> Any:
    """How many are ``due`` now, under a ``live`` lease, and ``unfinished``."""
    return _run(WORK, organisation_id, mailing_id).one()


def _run(statement: Any, organisation_id: UUID, mailing_id: UUID, **values: Any) -> Any:
    return db.session.execute(statement, {"organisation": organisation_id, "mailing": mailing_id, **values})
