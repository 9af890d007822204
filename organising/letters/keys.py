"""The hashes of one action: by which a person's letter stands once, and by which letters are told alike."""

import hashlib
import hmac
from uuid import UUID

from organising.platform.keys import derive
from organising.platform.sealing import keyring
from organising.pledges import canonical


def person_key(action_id: UUID, email: str) -> bytes:
    """Whose letter this is, as compared within one action: one box, one person. It compares with nothing elsewhere."""
    person = canonical.person(email)
    return hmac.new(_key("letter writers", action_id), person.encode(), hashlib.sha256).digest()


def sketch_key(action_id: UUID) -> bytes:
    """The key under which the letters of one action are sketched."""
    return _key("letter sketches", action_id)


def _key(purpose: str, action_id: UUID) -> bytes:
    return derive(keyring().lookup_key, f"{purpose}:{action_id}")
