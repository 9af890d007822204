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
from dataclasses import asdict, dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from flask_babel import gettext as _
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
    """Hashes of one signature. The first three are bound to the email address, and empty where none was given.

    ``witness_key`` is of name and postcode together: by it a signature on paper is known again.
    """

    person_key: bytes | None
    name_key: bytes | None
    postcode_key: bytes | None
    witness_key: bytes

    def columns(self) -> dict[str, bytes | None]:
        """The keys by the pledge's columns."""
        return asdict(self)


def make_drive_key(drive_id: UUID) -> None:
    """Give a new drive of the current organisation its key. A second call changes nothing."""
    wrapped = seal(_wrapping(), os.urandom(32), drive_id.bytes)
    db.session.execute(text("SELECT app.keep_drive_key(:d, :k)"), {"d": drive_id, "k": wrapped})


def counting_keys(drive_id: UUID, email: str | None, name: str, postcode: str) -> CountingKeys:
    """The hashes under which this signature is counted. Raises :class:`DriveKeyGone`."""
    key = _drive_key(drive_id)
    folded = canonical.folded(name).encode()
    witness = _hash(key, "witness", folded + b"\0" + postcode.encode())
    if not email:
        return CountingKeys(None, None, None, witness)
    person = _hash(key, "person", canonical.person(email).encode())
    return CountingKeys(
        person,
        _hash(key, "name", person + folded),
        _hash(key, "postcode", person + postcode.encode()),
        witness,
    )


def _drive_key(drive_id: UUID) -> bytes:
    wrapping = _wrapping()
    cached = _open.get((drive_id, wrapping))
    if cached and cached[0] > time.monotonic():
        return cached[1]
    wrapped = db.session.scalar(text("SELECT app.wrapped_drive_key(:d)"), {"d": drive_id})
    if wrapped is None:
        raise DriveKeyGone(_("This pledge has ended."))
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
