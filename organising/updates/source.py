"""What an update's messages are made from. Whoever must not get one any more is found out at the claim, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from organising.mailings import sources
from organising.mailings.content import Letter
from organising.mailings.models import Mailing
from organising.mailings.people import People, Ready
from organising.mailings.services.outbox import Claim
from organising.mailings.services.suppressions import hash_address, suppressed_since
from organising.mailings.states import MailingMode
from organising.mailings.stop_links import Links
from organising.platform.db import db
from organising.platform.sealing import open_field
from organising.pledges.links import signing_url

from . import signers as signers
from .content import letter_to
from .links import STOP
from .queries import expand, get_update_of
from .words import BOUNCED, ERASED, NO_CONSENT, UNSUBSCRIBED, WITHDRAWN

SPARE = {
    "unsubscribed": UNSUBSCRIBED,
    "bounced": BOUNCED,
    # What the rights desk notes: to whoever asks, it is the same as a press on the link.
    "objected": UNSUBSCRIBED,
    "restricted": UNSUBSCRIBED,
    "erased": ERASED,
}

CLAIMED = text(
    """
    SELECT d.id AS delivery_id, p.id, p.state, p.name, p.signing_id, p.link_version, p.email_cipher, agreed.at AS agreed_at,
           agreed.stopped
      FROM delivery d
      JOIN pledge p ON p.organisation_id = d.organisation_id AND p.id = d.pledge_id
      LEFT JOIN LATERAL (
        SELECT max(c.given_at) FILTER (WHERE c.withdrawn_at IS NULL) AS at, bool_or(c.withdrawn_at IS NOT NULL) AS stopped
          FROM pledge_consent c
         WHERE c.organisation_id = p.organisation_id AND c.pledge_id = p.id AND c.purpose = 'updates') agreed ON true
     WHERE d.organisation_id = :organisation AND d.id = ANY (CAST(:ids AS uuid[]))
    """
)


class AgreedSigners(People):
    """The signers of one update."""

    START = b""
    ASKED_NO_MORE = UNSUBSCRIBED

    def write_out(self, mailing: Mailing, *, host: str, after: bytes, most: int) -> bytes | None:
        """The next of those who agreed, by their keys."""
        return expand(get_update_of(mailing), mailing, host=host, after=after, most=most)

    def look_up(self, claims: Sequence[Claim]) -> tuple[dict[UUID, Ready], dict[UUID, str]]:
        """Signature, consent and suppression as they stand now."""
        rows = {
            row.delivery_id: row
            for row in db.session.execute(
                CLAIMED, {"organisation": self._organisation_id, "ids": [one.id for one in claims]}
            )
        }
        opened = {key: self._open(row) for key, row in rows.items() if row.email_cipher is not None}
        hashes = {key: hash_address(address) for key, address in opened.items()}
        suppressed = suppressed_since(self._organisation_id, list(hashes.values()))
        ready: dict[UUID, Ready] = {}
        spared: dict[UUID, str] = {}
        for key, row in rows.items():
            reason = _why_spared(row, suppressed.get(hashes.get(key, b"")))
            if reason is not None:
                spared[key] = reason
            else:
                ready[key] = Ready(row.name, opened[key], (row.signing_id, row.link_version))
        return ready, spared

    def letter_to(self, claim: Claim, ready: Ready) -> tuple[Letter, Links]:
        """With the way to their own signature."""
        links = STOP.links(self._organisation_id, claim.id, signing_url(*ready.about))
        return letter_to(self._texts, ready.name, ready.address, links), links

    def _open(self, row: Any) -> str:
        cipher = bytes(row.email_cipher)
        return open_field(db.session(), self._organisation_id, "pledge", "email_cipher", row.id, cipher)


def _why_spared(row: Any, suppressed: tuple[str, datetime] | None) -> str | None:
    """Why this signer must not be written to now, or ``None``."""
    if row.state not in ("confirmed", "witnessed"):
        return WITHDRAWN
    if row.agreed_at is None:
        return UNSUBSCRIBED if row.stopped else NO_CONSENT
    if row.email_cipher is None:
        return ERASED
    if suppressed is not None and suppressed[1] >= row.agreed_at:
        return SPARE[suppressed[0]]
    return None


sources.register(MailingMode.SIGNERS, AgreedSigners)
