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
# What the installation's own key is derived for, which seals identity rows.
IDENTITY = "identity fields"


class KeyGone(DomainError):
    """The organisation's key was destroyed: its sealed fields can't be read again."""

    code = "key_gone"
    status = 410


@dataclass
class Keyring:
    """Opens organisations' keys. ``installation`` seals identity rows, which belong to no organisation.

    While an organisation's key is being changed it has two: what is sealed is sealed with the newer, and what the older
    closed still opens.
    """

    installation_key: bytes
    _open: dict[UUID, tuple[float, tuple[bytes, ...]]] = field(default_factory=dict)
    _lookup: bytes | None = None

    @property
    def lookup_key(self) -> bytes:
        """What keyed hashes are made from. It stays when the installation key changes: most hashes have no plain text left."""
        if self._lookup is None:
            wrapped = _read_lookup_root()
            self._lookup = self.installation_key if wrapped is None else self.unwrap_lookup_root(wrapped)
        return self._lookup

    def key_for(self, session: Session, organisation_id: UUID | None) -> bytes:
        """The key to seal with, of an organisation, or of the installation for ``None``. Raises :class:`KeyGone`."""
        return self.keys_for(session, organisation_id)[0]

    def keys_for(
        self, session: Session, organisation_id: UUID | None, *, afresh: bool = False
    ) -> tuple[bytes, ...]:
        """Every key that may open what is kept, the newest first. Raises :class:`KeyGone`. ``afresh``: past the cache."""
        if organisation_id is None:
            return (derive(self.installation_key, IDENTITY),)
        cached = self._open.get(organisation_id)
        if cached and cached[0] > time.monotonic() and not afresh:
            return cached[1]
        wrapped = (
            session.connection().scalars(text("SELECT app.wrapped_keys(:id)"), {"id": organisation_id}).all()
        )
        if not wrapped:
            self._open.pop(organisation_id, None)
            raise KeyGone(
                "The key of this organisation was destroyed: the details kept under it can’t be read by anybody any more."
            )
        keys = tuple(self.unwrap(organisation_id, bytes(one)) for one in wrapped)
        self._open[organisation_id] = (time.monotonic() + CACHE_SECONDS, keys)
        return keys

    def unseal(self, session: Session, organisation_id: UUID | None, sealed: bytes, bound_to: bytes) -> bytes:
        """The plain bytes; raises ``InvalidTag`` where no key of the organisation's fits, after looking for a newer one."""
        for afresh in (False, True):
            for key in self.keys_for(session, organisation_id, afresh=afresh):
                try:
                    return unseal(key, sealed, bound_to)
                except InvalidTag:
                    continue
        raise InvalidTag

    def forget(self, organisation_id: UUID) -> None:
        """Read an organisation's keys anew at the next use."""
        self._open.pop(organisation_id, None)

    def wrap_new(self, organisation_id: UUID) -> bytes:
        """A fresh key for an organisation, wrapped for keeping in ``organisation_key``."""
        return self.wrap(organisation_id, os.urandom(32))

    def wrap(self, organisation_id: UUID, key: bytes) -> bytes:
        """An organisation's key, wrapped."""
        return seal(self._wrapping(), key, organisation_id.bytes)

    def unwrap(self, organisation_id: UUID, wrapped: bytes) -> bytes:
        """The key within ``wrapped``; raises :class:`KeyGone` if it's not this organisation's or installation's."""
        try:
            return unseal(self._wrapping(), wrapped, organisation_id.bytes)
        except (InvalidTag, ValueError):
            raise KeyGone("This organisation's key does not open with this installation's key.") from None

    def wrap_lookup_root(self, root: bytes) -> bytes:
        """The look-up root, wrapped for keeping in ``vault.lookup_root``."""
        return seal(derive(self.installation_key, "look-up root"), root, b"look-up root")

    def unwrap_lookup_root(self, wrapped: bytes) -> bytes:
        """The look-up root; raises :class:`KeyGone` where it was wrapped by another installation key."""
        try:
            return unseal(derive(self.installation_key, "look-up root"), bytes(wrapped), b"look-up root")
        except InvalidTag:
            raise KeyGone("The look-up root does not open with this installation's key.") from None

    def _wrapping(self) -> bytes:
        return derive(self.installation_key, "organisation keys")


def _read_lookup_root() -> bytes | None:
    """On a connection of its own: who asks for a hash may not have begun a transaction, and none is begun for them."""
    from .db import db

    with db.engine.begin() as connection:
        connection.execute(text("SELECT set_config('role', 'organising_public', true)"))
        wrapped = connection.scalar(text("SELECT app.wrapped_lookup_root()"))
    return None if wrapped is None else bytes(wrapped)


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """``nonce (12) || ciphertext || tag (16)``; opens only with the same ``bound_to``."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; raises ``InvalidTag`` where key, binding or a single bit differ."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to)


def binding(organisation_id: UUID | None, table: str, column: str, row_id: UUID) -> bytes:
    """What a cipher is bound to: copied anywhere else, it opens nowhere."""
    return f"{organisation_id}|{table}|{column}|{row_id}".encode()


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
    return hmac.digest(derive(keyring().lookup_key, purpose), value.encode(), hashlib.sha256)


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
        owner = getattr(row, "organisation_id", None)
        return keyring().unseal(session, owner, cipher, self._binding(row)).decode()

    def close(self, session: Session, row: Any, value: str) -> bytes:
        """The cipher for one row's plain text."""
        key = keyring().key_for(session, getattr(row, "organisation_id", None))
        return seal(key, value.encode(), self._binding(row))

    def _binding(self, row: Any) -> bytes:
        owner = getattr(row, "organisation_id", None)
        return binding(owner, row.__tablename__, self.column, row.id)


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
    return open_bytes(session, organisation_id, table, column, row_id, cipher).decode()


def open_bytes(
    session: Session, organisation_id: UUID | None, table: str, column: str, row_id: UUID, cipher: bytes
) -> bytes:
    """The same for what is no text: files."""
    bound_to = binding(organisation_id, table, column, row_id)
    return keyring().unseal(session, organisation_id, bytes(cipher), bound_to)


def seal_field(
    session: Session, organisation_id: UUID | None, table: str, column: str, row_id: UUID, plain: str
) -> bytes:
    """Seal one value for a Core statement, to be opened by :func:`open_field` or a :class:`Sealed` field."""
    return seal_bytes(session, organisation_id, table, column, row_id, plain.encode())


def seal_bytes(
    session: Session, organisation_id: UUID | None, table: str, column: str, row_id: UUID, plain: bytes
) -> bytes:
    """The same for what is no text: files. Opened by :func:`open_bytes`."""
    key = keyring().key_for(session, organisation_id)
    return seal(key, plain, binding(organisation_id, table, column, row_id))
