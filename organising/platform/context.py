"""Who speaks to the database: a context signed by the application and checked by the database.

Injected SQL runs with the context of the transaction it is in, and can make no other: the key that signs it
is in the application's memory and in a table which only a definer function reads.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

# A context outlives its transaction by nothing: it is judged against the transaction's start.
LIFETIME_SECONDS = 600


@dataclass(frozen=True)
class Context:
    """The organisation, person, signing (``subject``) and purpose of one session.

    Purposes widen what may be written, never what may be read of another organisation's rows:
    ``import`` reference rows, ``coalition`` organisations and the campaign, ``setup`` the first of all.
    """

    organisation_id: UUID | None = None
    user_id: UUID | None = None
    subject: UUID | None = None
    purpose: str = ""

    @property
    def role(self) -> str:
        """The database role of the session: staff and jobs, or the public."""
        named = self.organisation_id or self.user_id or self.purpose
        return "organising_runtime" if named else "organising_public"

    def sign(self, key: bytes) -> str:
        """The text that ``app.claims()`` verifies: ``1.expiry.org.user.subject.purpose.mac``."""
        fields = (self.organisation_id or "", self.user_id or "", self.subject or "", self.purpose)
        body = f"1.{int(time.time()) + LIFETIME_SECONDS}.{'.'.join(str(field) for field in fields)}"
        return f"{body}.{hmac.new(key, body.encode(), hashlib.sha256).hexdigest()}"


ANONYMOUS = Context()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded key of HMAC-SHA-256 (RFC 2104), for a database that has ``sha256()`` only."""
    block = key.ljust(64, b"\0") if len(key) <= 64 else hashlib.sha256(key).digest().ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
