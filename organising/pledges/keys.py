"""A drive's key, and the hashes by which a person is counted once.

Each drive has 32 random bytes of its own. They are kept in ``vault.drive_key`` wrapped by the installation's key
(AES-256-GCM, bound to the drive), which lives in the application's memory and in no table: a definer function
hands out the wrapped key, so neither a dump nor injected SQL can tell whether an address has signed. The hashes
are HMAC-SHA-256, made here at signing. Archiving the drive deletes its key, and with it all power to compare.
"""

import hashlib
import hmac
import os
import time
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from ..platform.db import db
from ..platform.errors import DomainError
from ..platform.keys import derive
from ..platform.sealing import keyring, seal, unseal
from . import canonical

# An archived drive's key must stop working soon in every process, without a message between them.
CACHE_SECONDS = 60.0
_open: dict[tuple[UUID, bytes], tuple[float, bytes]] = {}


class DriveKeyGone(DomainError):
    """The drive was archived: its key is gone, nobody can sign or be recognised."""

    code = "drive_key_gone"
    status = 410


@dataclass(frozen=True)
class CountingKeys:
    """Hashes of one signature. Name and postcode are bound to the person: alone they compare with nobody else's."""

    person_key: bytes
    name_key: bytes
    postcode_key: bytes


def make_drive_key(drive_id: UUID) -> None:
    """Give a new drive of the current organisation its key. A second call changes nothing."""
    wrapped = seal(_wrapping(), os.urandom(32), drive_id.bytes)
    db.session.execute(text("SELECT app.keep_drive_key(:d, :k)"), {"d": drive_id, "k": wrapped})


def counting_keys(drive_id: UUID, email: str, name: str, postcode: str) -> CountingKeys:
    """The hashes under which this signature is counted. Raises :class:`DriveKeyGone`."""
    key = _drive_key(drive_id)
    person = _hash(key, "person", canonical.person(email).encode())
    return CountingKeys(
        person,
        _hash(key, "name", person + canonical.folded(name).encode()),
        _hash(key, "postcode", person + postcode.encode()),
    )


def _drive_key(drive_id: UUID) -> bytes:
    wrapping = _wrapping()
    cached = _open.get((drive_id, wrapping))
    if cached and cached[0] > time.monotonic():
        return cached[1]
    wrapped = db.session.scalar(text("SELECT app.wrapped_drive_key(:d)"), {"d": drive_id})
    if wrapped is None:
        raise DriveKeyGone("This pledge has ended.")
    try:
        key = unseal(wrapping, bytes(wrapped), drive_id.bytes)
    except InvalidTag:
        raise DriveKeyGone("This pledge's key does not open with this installation's key.") from None
    _open[(drive_id, wrapping)] = (time.monotonic() + CACHE_SECONDS, key)
    return key


def _wrapping() -> bytes:
    return derive(keyring().installation_key, "drive keys")


def _hash(key: bytes, purpose: str, value: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\0" + value, hashlib.sha256).digest()
