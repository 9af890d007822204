"""Keys: one installation key; every other key is derived from it or wrapped by it."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=64)
def derive(installation_key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA-256, RFC 5869); knowing one derived key tells nothing of another."""
    return HKDF(SHA256(), 32, salt=b"organising", info=purpose.encode()).derive(installation_key)
