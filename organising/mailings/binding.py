"""What a mailing holds now, whatever was noted before: what every decision is compared with, and what is sent."""

from dataclasses import dataclass

from sqlalchemy import select, text

from organising.platform.db import db

from .audiences import find_audience_of
from .content import AudienceHash, Entry, hash_content
from .merge import Field
from .models import Mailing, MailingChoice

FINGERPRINT = text(
    """
    SELECT encode(sha256(convert_to(coalesce(string_agg(
             jsonb_build_array(c.id, c.holding_id, c.person_id, c.address, c.fields, c.left_out)::text, ',' ORDER BY c.id),
             ''), 'UTF8')), 'hex')
      FROM mailing_choice c WHERE c.organisation_id = :organisation AND c.mailing_id = :mailing
    """
)


@dataclass(frozen=True)
class FrozenAudience:
    """The frozen recipients as they were read, and what approval binds of them."""

    entries: list[Entry]
    hash: AudienceHash
    fingerprint: str


def read_audience(mailing: Mailing, known: FrozenAudience | None = None) -> FrozenAudience:
    """The frozen recipients as the rows hold them now. ``known`` is answered again if they are still the same, by a
    hash that the database takes of every row: reading them costs a lot where a few at a time are sent to.
    """
    values = {"organisation": mailing.organisation_id, "mailing": mailing.id}
    fingerprint = db.session.execute(FINGERPRINT, values).scalar_one()
    if known is not None and known.fingerprint == fingerprint:
        return known
    entries = frozen_entries(mailing)
    return FrozenAudience(entries, AudienceHash.of(entries), fingerprint)


def frozen_entries(mailing: Mailing) -> list[Entry]:
    """What was frozen, and nothing that could have changed since: for the hash and for sending."""
    columns = MailingChoice.__table__.c
    statement = (
        select(
            columns.id,
            columns.holding_id,
            columns.person_id,
            columns.address,
            columns.fields,
            columns.left_out,
        )
        .where(columns.organisation_id == mailing.organisation_id, columns.mailing_id == mailing.id)
        .order_by(columns.place)
    )
    return [
        Entry(
            row.id,
            row.holding_id,
            row.person_id,
            (row.fields or {}).get(Field.FULL_NAME) or "",
            row.address,
            None,
            "",
            row.fields or {},
            row.left_out,
        )
        for row in db.session.execute(statement)
    ]


def current_hash(mailing: Mailing) -> str:
    """The hash of what the rows hold now."""
    audience = find_audience_of(mailing)
    return hash_content(
        mailing, audience.hash(mailing) if audience else AudienceHash.of(frozen_entries(mailing))
    )
