"""Where sealed contents lie: a directory, or a bucket of S3-compatible storage. Both hold ciphertext alone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, cast

from flask import current_app

from ...config import Settings
from ...platform.errors import DomainError
from .bucket import BucketStorage
from .directory import DirectoryStorage

__all__ = ["Storage", "StorageDown", "get_storage", "make_storage"]
EXTENSION = "organising.files"


class StorageDown(DomainError):
    """The storage does not answer. What is kept is not lost."""

    code = "storage_down"
    status = 503


class Storage(Protocol):
    """Contents by key. Every method raises ``OSError`` where the storage does not answer."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a content; there under its key whole, or not at all."""

    def get(self, key: str) -> bytes:
        """The content; raises ``FileNotFoundError``."""

    def delete(self, key: str) -> None:
        """Let it go; gone already is no fault."""

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The keys that begin so, each with when it was put."""


def make_storage(settings: Settings) -> Storage:
    """The storage of the settings."""
    if settings.files_bucket is not None:
        return BucketStorage(settings.files_bucket)
    return DirectoryStorage(settings.data_dir / "files")


def get_storage() -> Storage:
    """The running application's."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = make_storage(current_app.config["SETTINGS"])
    return cast(Storage, current_app.extensions[EXTENSION])
