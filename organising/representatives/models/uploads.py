"""Files that a coordinator has given to be imported, kept between the look at what would change and its application."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Owned, db

KEPT_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 2


class UploadState(StrEnum):
    COMPARED = "compared"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class GivenFile:
    """One file as it was given."""

    name: str
    content: bytes


def pack(files: Sequence[GivenFile]) -> bytes:
    """Some files as one ZIP archive; :func:`unpack` gives them back in the same order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for number, one in enumerate(files):
            # Two files may be called alike: the number tells them apart.
            archive.writestr(f"{number}/{one.name}", one.content)
    return packed.getvalue()


def unpack(packed: bytes) -> list[GivenFile]:
    """The files that :func:`pack` put together."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [GivenFile(one.filename.partition("/")[2], archive.read(one)) for one in archive.infolist()]


class ImportUpload(Owned, db.Model):
    """Files to be imported, what the import would change, and how far it has come.

    ``difference`` says per file what would change, in words; ``fingerprint`` is of it: an import that would do
    something else than what was looked at is not applied. ``stale`` says that this happened.
    """

    __tablename__ = "import_upload"
    __table_args__ = (
        one_of("state", UploadState),
        Index("ix_import_upload_organisation_id_created_at", "organisation_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    title: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    as_of: Mapped[date]
    difference: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    fingerprint: Mapped[str]
    state: Mapped[str] = mapped_column(default=UploadState.COMPARED)
    stale: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    by_user_id: Mapped[UUID | None]
    by_label: Mapped[str]
    changed_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    @property
    def is_under_way(self) -> bool:
        """Whether it waits for the job or is being applied."""
        return self.state in (UploadState.WAITING, UploadState.RUNNING)

    def compare(
        self, difference: dict[str, Any], fingerprint: str, at: datetime, *, stale: bool = False
    ) -> None:
        """Note what an import would change now; it can then be applied."""
        self.difference, self.fingerprint, self.stale = difference, fingerprint, stale
        self.state, self.reason, self.attempts, self.changed_at = UploadState.COMPARED, None, 0, at
        self.expires_at = at + KEPT_FOR

    def ask(self, by: UUID | None, label: str, at: datetime) -> bool:
        """Have it applied; returns whether it was not asked for already."""
        if self.state != UploadState.COMPARED:
            return False
        self.state, self.by_user_id, self.by_label, self.changed_at = UploadState.WAITING, by, label, at
        return True

    def begin(self, at: datetime) -> bool:
        """Start to apply it; returns whether it waited."""
        if self.state != UploadState.WAITING:
            return False
        self.state, self.attempts, self.changed_at = UploadState.RUNNING, self.attempts + 1, at
        return True

    def retry(self, at: datetime) -> bool:
        """Whoever ran it is gone: it waits again, or has failed when it was tried often enough."""
        if self.state != UploadState.RUNNING:
            return False
        if self.attempts >= MOST_ATTEMPTS:
            return self.fail("", at)
        self.state, self.changed_at = UploadState.WAITING, at
        return True

    def finish(self, at: datetime) -> bool:
        """It was applied."""
        if self.state != UploadState.RUNNING:
            return False
        self.state, self.changed_at = UploadState.DONE, at
        return True

    def fail(self, reason: str, at: datetime) -> bool:
        """It was not applied, and nothing was changed."""
        if not self.is_under_way:
            return False
        self.state, self.reason, self.changed_at = UploadState.FAILED, reason, at
        return True
