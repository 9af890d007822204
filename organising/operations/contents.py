"""What lies outside the database: whether it went into a backup, and who has to keep it where it did not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from ..config import Bucket
from ..files.places import SMALL
from ..platform.command import Refused
from ..platform.installation import Installation
from ..platform.migrations import maintenance

KNOWN = text("SELECT organisation_id, id, size, small_size FROM file_version")


@dataclass(frozen=True)
class Outside:
    """Contents of files that the database knows. ``bucket``: where they lie, which is in no backup; else ``missing`` are
    those that are not in the directory.
    """

    contents: int
    size: int
    missing: int
    bucket: str | None

    @property
    def words(self) -> str | None:
        """What whoever makes the backup has to know; ``None`` where there is nothing to say."""
        if not self.contents:
            return None
        what = f"{self.contents} contents of files, {self.size / 1024**2:.1f} MB"
        if self.bucket:
            return (
                f"NOT in it: {what}, which lie in {self.bucket}. Have the bucket keep versions, or copy it as often as you make backups: "
                "restored without them, the files are listed and don’t open."
            )
        if self.missing:
            return f"{what} belong to it, of which {self.missing} are NOT there: `organising doctor` looks which storage is meant."
        return f"{what}, are in it."


def look_outside(installation: Installation, environ: Mapping[str, str], files: Path | None) -> Outside:
    """Count what the database knows, and what of it is in the directory. Raises :class:`Refused` for a bad address."""
    with maintenance(installation.owner_url) as connection:
        known = connection.execute(KNOWN).all()
    size = sum(one.size + one.small_size for one in known)
    bucket = _bucket(environ)
    if bucket is not None:
        return Outside(len(known), size, 0, bucket)
    keys = {f"{one.organisation_id}/{one.id}" for one in known}
    keys |= {f"{one.organisation_id}/{one.id}{SMALL}" for one in known if one.small_size}
    lost = {key.removesuffix(SMALL) for key in keys if files is None or not (files / key).is_file()}
    return Outside(len(known), size, len(lost), None)


def _bucket(environ: Mapping[str, str]) -> str | None:
    url = environ.get("FILES_URL", "")
    if not url:
        return None
    try:
        found = Bucket.parse(url, plain_allowed=True)
    except ValueError as error:
        raise Refused(f"FILES_URL {error}") from None
    return f"the bucket {found.name} at {found.endpoint}"
