"""Contents in a directory of this machine, or of one that all hosts of the product mount."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

PART = ".part"


class DirectoryStorage:
    """A file per content, readable by the product alone."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def put(self, key: str, content: bytes) -> None:
        """Keep a content; there under its key whole, or not at all."""
        target = self._place / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.urandom(4).hex()}{PART}")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes:
        """The content; raises ``FileNotFoundError``."""
        return (self._place / key).read_bytes()

    def delete(self, key: str) -> None:
        """Let it go; gone already is no fault."""
        (self._place / key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The keys that begin so, each with when it was put."""
        folder = self._place / prefix
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                yield f"{prefix}{path.name}", datetime.fromtimestamp(path.stat().st_mtime, UTC)
