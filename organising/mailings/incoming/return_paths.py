"""Return paths: addresses that say whose a message is, with a MAC that nobody else can make.

``b+TOKEN`` takes bounces of one delivery, ``r+TOKEN`` its answers. The token is lower-case base32, since mail servers
may change the case of a local part: 4 bytes of the organisation's id, the 16 of the row's, 10 of HMAC-SHA-256 over
kind, whole organisation id and row id.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from organising.config import Settings
from organising.organisations.models import Organisation
from organising.platform.keys import derive
from organising.platform.returned import offer_return_paths
from organising.platform.sealing import keyring
from organising.platform.tenancy import Context, use_context

PREFIX, MAC = 4, 10
LOCAL = re.compile(r"(b|r)\+([a-z2-7]{48})")


class ReturnKind(StrEnum):
    """What an address takes; the value stands before the ``+``."""

    BOUNCE = "b"
    REPLY = "r"


@dataclass(frozen=True)
class ReturnAddress:
    """What a genuine address says: whose it is, and which delivery."""

    kind: ReturnKind
    organisation_id: UUID
    row_id: UUID


def bounce_address(organisation_id: UUID, delivery_id: UUID) -> str:
    """The envelope sender of one delivery: what comes back to it is a bounce of exactly this one."""
    return _address(ReturnKind.BOUNCE, organisation_id, delivery_id)


def find_bounce_address(organisation_id: UUID, delivery_id: UUID) -> str | None:
    """:func:`bounce_address` where the settings name a domain whose mail comes back to the product."""
    return bounce_address(organisation_id, delivery_id) if _settings().takes_returns else None


def reply_address(organisation_id: UUID, delivery_id: UUID) -> str:
    """The Reply-To of one delivery: what comes to it answers exactly this one."""
    return _address(ReturnKind.REPLY, organisation_id, delivery_id)


def read(address: str) -> ReturnAddress | None:
    """What a genuine address says; ``None`` for a foreign, broken or forged one. Case does not matter."""
    settings = _settings()
    found = _parse(address, settings.mail_return_domain)
    if found is None:
        return None
    kind, token = found
    prefix, row_id, mac = token[:PREFIX], UUID(bytes=token[PREFIX : PREFIX + 16]), token[PREFIX + 16 :]
    key = _key()
    # More than one organisation may begin alike: the MAC is over the whole id, and says which.
    genuine = [
        one for one in _organisations_from(prefix) if hmac.compare_digest(_mac(key, kind, one, row_id), mac)
    ]
    return ReturnAddress(kind, genuine[0], row_id) if genuine else None


def _address(kind: ReturnKind, organisation_id: UUID, row_id: UUID) -> str:
    settings = _settings()
    mac = _mac(_key(), kind, organisation_id, row_id)
    token = base64.b32encode(organisation_id.bytes[:PREFIX] + row_id.bytes + mac).decode().lower()
    return f"{kind}+{token}@{settings.mail_return_domain}"


def _parse(address: str, domain: str) -> tuple[ReturnKind, bytes] | None:
    local, at, host = address.strip().strip("<>").rpartition("@")
    if not at or host.lower().rstrip(".") != domain:
        return None
    found = LOCAL.fullmatch(local.lower())
    if found is None:
        return None
    try:
        return ReturnKind(found[1]), base64.b32decode(found[2].upper())
    except binascii.Error:
        return None


def _organisations_from(prefix: bytes) -> list[UUID]:
    lowest, highest = UUID(bytes=prefix + b"\0" * 12), UUID(bytes=prefix + b"\xff" * 12)
    statement = select(Organisation.id).where(
        Organisation.id.between(lowest, highest), Organisation.left_at.is_(None)
    )
    with use_context(Context()) as session:
        return list(session.scalars(statement))


def _mac(key: bytes, kind: ReturnKind, organisation_id: UUID, row_id: UUID) -> bytes:
    said = f"{kind}|{organisation_id}|{row_id}"
    return hmac.new(key, said.encode(), hashlib.sha256).digest()[:MAC]


def _key() -> bytes:
    return derive(keyring().lookup_key, "return paths")


def _settings() -> Settings:
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found


offer_return_paths(find_bounce_address)
