"""What the messages to contacts are made from.

Whoever must not get one any more is found out at the claim, in the transaction that holds it: the contact, their
decision, its basis, the address, and whether they asked this organisation, or everybody, to stop.
"""

from collections.abc import Sequence
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
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.sealing import open_field

from . import contacts as contacts
from .content import Why, letter_to, links_of
from .queries import expand
from .queries.audience import EMAILS, STANDING, SUPPRESSED, WRITTEN_LATELY
from .words import (
    ASKED_NO_MORE,
    BOUNCED,
    ERASED,
    NO_ADDRESS,
    NO_CONSENT,
    NO_SOFT_OPT_IN,
    PUT_AWAY,
)
from .words import (
    WRITTEN_LATELY as WRITTEN,
)

SPARE = {
    "unsubscribed": ASKED_NO_MORE,
    "bounced": BOUNCED,
    # What the rights desk notes: to whoever asks, it is the same as a press on the link.
    "objected": ASKED_NO_MORE,
    "restricted": ASKED_NO_MORE,
    "erased": ERASED,
}
CLAIMED = text(
    f"""
    SELECT d.id AS delivery_id, d.contact_id, d.email_key, c.name, e.id AS detail_id, e.value_cipher, said.decision, said.decided_at,
           m.purpose,
           CASE WHEN c.id IS NULL THEN '{ERASED}'
                WHEN c.archived_at IS NOT NULL THEN '{PUT_AWAY}'
                WHEN num_nonnulls(c.restricted_at, c.objected_at) > 0 THEN '{ASKED_NO_MORE}'
                WHEN said.decision IS NULL THEN '{NO_CONSENT}'
                WHEN said.decision IN ('refused', 'withdrawn') THEN '{ASKED_NO_MORE}'
                WHEN said.decision = 'soft_opt_in' AND (m.basis <> 'soft_opt_in' OR o.kind <> 'charity')
                THEN '{NO_SOFT_OPT_IN}'
                -- Who asked for no more at one address is not written to at another.
                WHEN EXISTS ({SUPPRESSED.format(key="ANY (array_append(theirs.keys, d.email_key))", decided="said.decided_at")}
                                AND s.reason <> 'bounced') THEN '{ASKED_NO_MORE}'
                WHEN EXISTS ({SUPPRESSED.format(key="d.email_key", decided="said.decided_at")}) THEN '{BOUNCED}'
                WHEN e.value_cipher IS NULL THEN '{NO_ADDRESS}'
                WHEN m.quiet_days IS NOT NULL AND EXISTS (
                     {WRITTEN_LATELY.format(contact="d.contact_id", mailing="d.mailing_id", days="m.quiet_days")})
                THEN '{WRITTEN}'
           END AS reason
      FROM delivery d
      JOIN contact_mailing m ON m.organisation_id = d.organisation_id AND m.mailing_id = d.mailing_id
      JOIN organisation o ON o.id = d.organisation_id
      LEFT JOIN contact c ON c.organisation_id = d.organisation_id AND c.id = d.contact_id
      LEFT JOIN LATERAL ({STANDING.format(contact="c.id", purpose="m.purpose")}) said ON true
      LEFT JOIN LATERAL ({EMAILS.format(contact="c.id")} AND e.value_key = d.email_key ORDER BY e.place LIMIT 1) e ON true
      CROSS JOIN LATERAL (SELECT array_agg(every.value_key) AS keys FROM ({EMAILS.format(contact="c.id")}) every) theirs
     WHERE d.organisation_id = :organisation AND d.id = ANY (CAST(:ids AS uuid[]))
    """  # noqa: S608 (the parts are constants)
)


class AgreedContacts(People):
    """The contacts of one mailing."""

    START = UUID(int=0)
    ASKED_NO_MORE = ASKED_NO_MORE

    def write_out(self, mailing: Mailing, *, host: str, after: UUID, most: int) -> UUID | None:
        """The next of those frozen when sign-off was asked for."""
        return expand(mailing, host=host, after=after, most=most)

    def look_up(self, claims: Sequence[Claim]) -> tuple[dict[UUID, Ready], dict[UUID, str]]:
        """Everything that could speak against it, as it stands now."""
        values = {
            "organisation": self._organisation_id,
            "ids": [one.id for one in claims],
            "as_of": now(),
            "today": today(),
        }
        rows = {row.delivery_id: row for row in db.session.execute(CLAIMED, values)}
        spared = {key: str(row.reason) for key, row in rows.items() if row.reason is not None}
        opened = {key: self._open(row) for key, row in rows.items() if key not in spared}
        hashes = {key: hash_address(address) for key, address in opened.items()}
        suppressed = suppressed_since(self._organisation_id, list(hashes.values()))
        for key, hashed in hashes.items():
            reason, since = suppressed.get(hashed, ("", None))
            if since is not None and since >= rows[key].decided_at:
                spared[key] = SPARE[reason]
        ready = {
            key: Ready(rows[key].name, address, _about(rows[key]))
            for key, address in opened.items()
            if key not in spared
        }
        return ready, spared

    def letter_to(self, claim: Claim, ready: Ready) -> tuple[Letter, Links]:
        """With the way to stop, and to their own choices."""
        contact_id, email_key, why = ready.about
        links = links_of(self._organisation_id, claim.id, contact_id, email_key)
        return letter_to(self._texts, ready.name, ready.address, why, links), links

    def _open(self, row: Any) -> str:
        cipher = bytes(row.value_cipher)
        where = ("contact_detail", "value_cipher", row.detail_id)
        return open_field(db.session(), self._organisation_id, *where, cipher)


def _about(row: Any) -> tuple[UUID, bytes, Why]:
    return row.contact_id, bytes(row.email_key), Why(row.purpose, row.decision == "soft_opt_in")


sources.register(MailingMode.CONTACTS, AgreedContacts)
