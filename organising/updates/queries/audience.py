"""Who would get an update, as numbers, and the one statement that writes them out. Nothing here answers a person.

A person is counted and written to once, whatever they signed with and however often: rows of one ``person_key`` are
one person's. An address that came back, or whose holder wants no more, is out of reach unless they agreed again since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from organising.mailings.models import Mailing
from organising.platform.clock import now
from organising.platform.db import db
from organising.updates.models import PledgeUpdate

EXPANSION = 500

SIGNED = """
    p.organisation_id = :organisation AND p.drive_id = :drive AND p.state IN ('confirmed', 'witnessed')
    AND coalesce(p.confirmed_at, p.witnessed_at) <= :as_of
    AND (CAST(:sector AS text) IS NULL OR p.sector = CAST(:sector AS text))
    AND (CAST(:constituency AS text) IS NULL OR p.constituency_code = CAST(:constituency AS text))
    AND (CAST(:unit AS uuid) IS NULL OR p.unit_id = CAST(:unit AS uuid))
    AND (CAST(:since AS date) IS NULL
         OR (coalesce(p.confirmed_at, p.witnessed_at) AT TIME ZONE 'Europe/London')::date >= CAST(:since AS date))
    AND (CAST(:corrects AS uuid) IS NULL
         OR EXISTS (SELECT FROM delivery d WHERE d.organisation_id = p.organisation_id
                     AND d.mailing_id = CAST(:corrects AS uuid) AND d.person_key = p.person_key
                     AND d.state IN ('accepted', 'replied')))
"""
AGREED = """
    SELECT FROM pledge_consent c
     WHERE c.organisation_id = p.organisation_id AND c.pledge_id = p.id AND c.purpose = 'updates'
       AND c.withdrawn_at IS NULL AND c.given_at <= :as_of
"""
OUT_OF_REACH = """
    SELECT FROM suppression s
     WHERE s.organisation_id = p.organisation_id AND s.email_key = p.email_key AND s.suppressed_at >= c.given_at
"""
GOES = f"p.email_cipher IS NOT NULL AND EXISTS ({AGREED} AND NOT EXISTS ({OUT_OF_REACH}))"

COUNT = text(f"""
    WITH person AS (
      SELECT bool_or({GOES}) AS goes,
             bool_and(p.email_cipher IS NULL) AS unknown,
             bool_or(EXISTS (SELECT FROM pledge_consent c WHERE c.organisation_id = p.organisation_id
                                AND c.pledge_id = p.id AND c.purpose = 'updates' AND c.withdrawn_at IS NOT NULL)
                     OR EXISTS ({AGREED} AND EXISTS ({OUT_OF_REACH} AND s.reason <> 'bounced'))) AS stopped,
             bool_or(EXISTS ({AGREED} AND EXISTS ({OUT_OF_REACH} AND s.reason = 'bounced'))) AS bounced
        FROM pledge p WHERE {SIGNED} GROUP BY coalesce(p.person_key, p.witness_key))
    SELECT count(*) AS signers,
           count(*) FILTER (WHERE goes) AS going,
           count(*) FILTER (WHERE NOT goes AND stopped) AS unsubscribed,
           count(*) FILTER (WHERE NOT goes AND NOT stopped AND bounced) AS bounced,
           count(*) FILTER (WHERE NOT goes AND NOT stopped AND NOT bounced AND unknown) AS without_email,
           count(*) FILTER (WHERE NOT goes AND NOT stopped AND NOT bounced AND NOT unknown) AS without_consent,
           (SELECT count(*) FROM pledge w WHERE w.organisation_id = :organisation AND w.drive_id = :drive
               AND w.state = 'withdrawn') AS withdrawn
      FROM person
""")  # noqa: S608 (the parts are constants)

# The next people by their keys, by an index alone; then all that each of them signed. Places go on from the last, so that
# whoever claims in their order misses none. NOT IN is looked up in a hash made once a batch: before statistics know of a
# mailing that is just being written out, a join would go over all of it for each.
EXPAND = text(f"""
    WITH person AS MATERIALIZED (
      SELECT DISTINCT person_key FROM pledge
       WHERE organisation_id = :organisation AND drive_id = :drive AND person_key > :after
       ORDER BY person_key LIMIT :size),
    chosen AS MATERIALIZED (
      SELECT DISTINCT ON (p.person_key) p.id, p.email_key, p.person_key
        FROM person
        JOIN pledge p ON p.organisation_id = :organisation AND p.drive_id = :drive AND p.person_key = person.person_key
       WHERE {SIGNED} AND {GOES}
         AND p.person_key NOT IN (SELECT d.person_key FROM delivery d WHERE d.organisation_id = :organisation
                                     AND d.mailing_id = :mailing AND d.pledge_id IS NOT NULL)
         AND p.email_key NOT IN (SELECT d.email_key FROM delivery d WHERE d.organisation_id = :organisation
                                    AND d.mailing_id = :mailing AND d.pledge_id IS NOT NULL)
         AND EXISTS (SELECT FROM mailing m WHERE m.organisation_id = :organisation AND m.id = :mailing
                        AND m.state = 'sending')
       ORDER BY p.person_key, coalesce(p.confirmed_at, p.witnessed_at), p.id LIMIT :most),
    numbered AS MATERIALIZED (
      SELECT c.*, gen_random_uuid() AS new_id, row_number() OVER (ORDER BY c.person_key) AS number FROM chosen c),
    written AS (
      INSERT INTO delivery (organisation_id, id, mailing_id, pledge_id, person_key, email_key, place, message_id, state,
                            next_at, changed_at)
      SELECT :organisation, n.new_id, :mailing, n.id, n.person_key, n.email_key,
             n.number + (SELECT coalesce(max(place), -1) FROM delivery
                          WHERE organisation_id = :organisation AND mailing_id = :mailing),
             '<' || n.new_id || '@' || CAST(:host AS text) || '>', 'queued', clock_timestamp(), clock_timestamp()
        FROM numbered n
      ON CONFLICT DO NOTHING)
    SELECT person_key FROM person ORDER BY person_key DESC LIMIT 1
""")  # noqa: S608 (the parts are constants)


@dataclass(frozen=True)
class Reach:
    """How many of the signers in question would get an update, and why the others would not.

    ``signers`` = ``going`` + ``unsubscribed`` + ``bounced`` + ``without_email`` + ``without_consent``; ``withdrawn``
    signatures are no signers any more, and counted for the whole drive.
    """

    signers: int
    going: int
    unsubscribed: int
    bounced: int
    without_email: int
    without_consent: int
    withdrawn: int


def count_reach(update: PledgeUpdate, mailing: Mailing | None = None) -> Reach:
    """Count the signers of an own update, as of its sign-off or of now. ``mailing`` is its own, where it has one yet."""
    return Reach(**db.session.execute(COUNT, _values(update, mailing)).one()._mapping)


def expand(update: PledgeUpdate, mailing: Mailing, *, host: str, after: bytes, most: int) -> bytes | None:
    """Write out at most so many of the next people who get it, after this key; answers the key to go on from.

    ``None``: there is nobody left to look at. Repeating it after a crash adds only the rest; nobody is written out twice.
    """
    values = _values(update, mailing) | {
        "mailing": mailing.id,
        "host": host,
        "after": after,
        "most": most,
        "size": EXPANSION,
    }
    upto = db.session.scalar(EXPAND, values)
    return bytes(upto) if upto is not None else None


def _values(update: PledgeUpdate, mailing: Mailing | None) -> dict[str, Any]:
    as_of: datetime = update.as_of or now()
    corrects: UUID | None = mailing.corrects_id if mailing is not None else None
    return {
        "organisation": update.organisation_id,
        "drive": update.drive_id,
        "as_of": as_of,
        "sector": update.sector,
        "constituency": update.constituency_code,
        "unit": update.unit_id,
        "since": update.since,
        "corrects": corrects,
    }
