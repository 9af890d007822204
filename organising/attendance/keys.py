"""The hash by which one sign-up a person stands in one action. It compares with nothing elsewhere."""

import hashlib
import hmac
from uuid import UUID

from organising.platform.keys import derive
from organising.platform.sealing import keyring
from organising.pledges import canonical


def person_key(action_id: UUID, email: str) -> bytes:
    """Whose sign-up this is: one box, one person."""
    key = derive(keyring().lookup_key, f"attendance:{action_id}")
    return hmac.new(key, canonical.person(email).encode(), hashlib.sha256).digest()
