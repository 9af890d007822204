"""Where a content lies, and what it is bound to: taken from one place to another it opens nowhere."""

from uuid import UUID

from .models import FileVersion

SMALL = "-small"


def key_of(organisation_id: UUID, version_id: UUID, small: bool) -> str:
    """Its key in the storage."""
    return f"{organisation_id}/{version_id}{SMALL if small else ''}"


def version_of(key: str) -> str:
    """Which version's a key is."""
    return key.rpartition("/")[2].removesuffix(SMALL)


def bound_to(version: FileVersion, small: bool) -> bytes:
    """What the cipher is bound to."""
    return f"file|{key_of(version.organisation_id, version.id, small)}".encode()
