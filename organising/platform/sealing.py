"""Sealed fields: details and free text that a stolen dump does not show.

AES-256-GCM with a key per organisation; the ciphertext is bound to organisation, table, column and row, so a
cipher copied elsewhere opens nowhere. The organisation's key is wrapped by the installation key and lives in
``organisation_key``; whoever runs the server holds the installation key and could open all of it.
"""

import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from typing import Any, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from .errors import DomainError
from .keys import derive
from .tenancy import TenantSession

EXTENSION = "organising.keyring"
# A destroyed key must stop opening rows soon, in every process, without a message between them.
CACHE_SECONDS = 60.0


class KeyGone(DomainError):
    """The organisation's key was destroyed: its sealed fields can't be read again."""

    code = "key_gone"
    status = 410


@dataclass
class Keyring:
    """Opens organisations' keys. ``installation`` seals identity rows, which belong to no organisation."""

    installation_key: bytes
    _open: dict[UUID, tuple[float, bytes]] = field(default_factory=dict)

    def key_for(self, session: Session, organisation_id: UUID | None) -> bytes:
        """The 32-byte key of an organisation, or of the installation for ``None``. Raises :class:`KeyGone`."""
        if organisation_id is None:
            return derive(self.installation_key, "identity fields")
        cached = self._open.get(organisation_id)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        wrapped = session.connection().scalar(text("SELECT app.wrapped_key(:id)"), {"id": organisation_id})
        if wrapped is None:
            raise KeyGone("This organisation's key no longer exists, so its details can't be read.")
        key = self.unwrap(organisation_id, bytes(wrapped))
        self._open[organisation_id] = (time.monotonic() + CACHE_SECONDS, key)
        return key

    def wrap_new(self, organisation_id: UUID) -> bytes:
        """A fresh key for an organisation, wrapped for keeping in ``organisation_key``."""
        return seal(self._wrapping(), os.urandom(32), organisation_id.bytes)

    def unwrap(self, organisation_id: UUID, wrapped: bytes) -> bytes:
        """The key within ``wrapped``; raises :class:`KeyGone` if it's not this organisation's or installation's."""
        try:
            return unseal(self._wrapping(), wrapped, organisation_id.bytes)
        except InvalidTag:
            raise KeyGone("This organisation's key does not open with this installation's key.") from None

    def _wrapping(self) -> bytes:
        return derive(self.installation_key, "organisation keys")


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """``nonce (12) || ciphertext || tag (16)``; opens only with the same ``bound_to``."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; raises ``InvalidTag`` where key, binding or a single bit differ."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to)


def keyring() -> Keyring:
    """The running application's keyring."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Keyring)
    return found


def canonical_email(address: str) -> str:
    """An address as compared: trimmed and lower case. Providers' dot and plus rules belong to the tally."""
    return address.strip().lower()


def blind_index(organisation_id: UUID | None, name: str, value: str) -> bytes:
    """A keyed hash for exact look-up within one organisation: equal values match, other organisations' never."""
    scope = "identity" if organisation_id is None else str(organisation_id)
    return _hash(f"blind index:{scope}:{name}", value)


def installation_hash(name: str, value: str) -> bytes:
    """A keyed hash that is the same across organisations (suppression), and useless without the key."""
    return _hash(f"installation:{name}", value)


def _hash(purpose: str, value: str) -> bytes:
    return hmac.new(derive(keyring().installation_key, purpose), value.encode(), hashlib.sha256).digest()


class Sealed:
    """A field that is text in Python and ciphertext in the database.

    ``email = Sealed("email_cipher")`` beside ``email_cipher: Mapped[bytes | None]``. What is set is sealed
    at flush, when the row's organisation and id are known; until then it is read back as set.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        # A class body's own dict may be inherited: each class keeps its own list of sealed fields.
        fields = dict(getattr(owner, "__sealed__", {}))
        fields[name] = self
        owner.__sealed__ = fields  # type: ignore[attr-defined]

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed": ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: object | None, owner: type) -> "Sealed | str | None":
        if row is None:
            return self
        pending = row.__dict__.get("_sealed_pending", {})
        if self.name in pending:
            value = pending[self.name]
            assert value is None or isinstance(value, str)
            return value
        cipher = getattr(row, self.column)
        return None if cipher is None else self.open(row, bytes(cipher))

    def __set__(self, row: object, value: str | None) -> None:
        row.__dict__.setdefault("_sealed_pending", {})[self.name] = value
        # The placeholder makes the row dirty; _seal_pending replaces it before anything is written.
        setattr(row, self.column, None if value is None else os.urandom(8))

    def open(self, row: Any, cipher: bytes) -> str:
        """The plain text of one row's cipher."""
        session = Session.object_session(row)
        assert session is not None, "a sealed field is read while its row is in a session"
        return unseal(self._key(session, row), cipher, self._binding(row)).decode()

    def close(self, session: Session, row: Any, value: str) -> bytes:
        """The cipher for one row's plain text."""
        return seal(self._key(session, row), value.encode(), self._binding(row))

    def _key(self, session: Session, row: Any) -> bytes:
        return keyring().key_for(session, getattr(row, "organisation_id", None))

    def _binding(self, row: Any) -> bytes:
        owner = getattr(row, "organisation_id", None)
        return f"{owner}|{row.__tablename__}|{self.column}|{row.id}".encode()


@event.listens_for(TenantSession, "before_flush")
def _seal_pending(session: Session, flush: Any, instances: Any) -> None:
    for row in list(session.new) + list(session.dirty):
        pending = row.__dict__.get("_sealed_pending")
        if not pending:
            continue
        if row.id is None:
            row.id = _fresh_id()
        for name, value in pending.items():
            sealed = type(row).__sealed__[name]
            setattr(row, sealed.column, None if value is None else sealed.close(session, row, value))
        pending.clear()


def _fresh_id() -> UUID:
    from .ownership import new_id

    return new_id()


def open_field(
    session: Session, organisation_id: UUID | None, table: str, column: str, row_id: UUID, cipher: bytes
) -> str:
    """Open one cipher read by a Core statement, bound as :class:`Sealed` binds it."""
    key = keyring().key_for(session, organisation_id)
    return unseal(key, bytes(cipher), f"{organisation_id}|{table}|{column}|{row_id}".encode()).decode()


def seal_field(
    session: Session, organisation_id: UUID | None, table: str, column: str, row_id: UUID, plain: str
) -> bytes:
    """Seal one value for a Core statement, to be opened by :func:`open_field` or a :class:`Sealed` field."""
    key = keyring().key_for(session, organisation_id)
    return seal(key, plain.encode(), f"{organisation_id}|{table}|{column}|{row_id}".encode())
