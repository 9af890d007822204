"""The keys that the product is given."""

import base64
import binascii
from collections.abc import Mapping

from .reading import SettingsError


def read_installation_key(environ: Mapping[str, str]) -> bytes:
    """The 32 bytes that wrap every organisation's key; raises :class:`SettingsError`."""
    name = "ORGANISING_INSTALLATION_KEY"
    value = environ.get(name, "")
    if not value:
        raise SettingsError(name, "missing; make one with `organising keys generate` and keep it safe")
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise SettingsError(name, "is not base64") from None
    if len(key) != 32:
        raise SettingsError(name, f"must hold 32 bytes in base64, holds {len(key)}")
    return key


def read_secret(environ: Mapping[str, str]) -> str:
    """What sessions and links are signed with."""
    value = environ.get("SECRET_KEY", "")
    if not value:
        raise SettingsError("SECRET_KEY", "missing; make one with `organising keys generate`")
    if len(value) < 32:
        raise SettingsError("SECRET_KEY", f"must have at least 32 characters, has {len(value)}")
    return value
