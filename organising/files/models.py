"""A file that an organisation keeps, and its versions. The contents lie outside the database, each under a key of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from ..platform.checks import one_of
from ..platform.db import Owned, db
from ..platform.removal import Removable
from ..platform.sealing import Sealed
from .kinds import PICTURES, FileKind


class StoredFile(Removable, Owned, db.Model):
    """A file as pages list it. ``kind``, ``size`` and ``version`` are those of the newest version.

    ``kept_for``: the door's name of one that belongs to a record (a photograph to its report, a scan to its batch). That
    record's page says who sees it and when it goes, so it stands in no list of files; it goes with its record.
    """

    __tablename__ = "stored_file"
    __table_args__: Any = (
        one_of("kind", FileKind),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("version > 0", name="version"),
        Index(None, "organisation_id", "created_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    name_cipher: Mapped[bytes]
    kind: Mapped[str]
    size: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[UUID | None]
    author_label: Mapped[str]
    removed_at: Mapped[datetime | None]
    kept_for: Mapped[str | None]

    name = Sealed("name_cipher")

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown small in a list."""
        return self.kind in PICTURES


class FileVersion(Owned, db.Model):
    """One content of a file. ``key_cipher``: the key that opens what lies in the storage; without it nobody can."""

    __tablename__ = "file_version"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "file_id"],
            ["stored_file.organisation_id", "stored_file.id"],
            ondelete="CASCADE",
        ),
        one_of("kind", FileKind),
        CheckConstraint("size > 0 AND small_size >= 0", name="size"),
        UniqueConstraint("organisation_id", "file_id", "number"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    file_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    size: Mapped[int]
    small_size: Mapped[int] = mapped_column(default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    author_label: Mapped[str]
    key_cipher: Mapped[bytes] = mapped_column(deferred=True)


def in_storage() -> tuple[SchemaItem, ...]:
    """What a table needs whose rows have a governed file under ``file_id``, or still hold its content themselves.

    With it goes a trigger ``file_goes_along`` (``app.let_file_go``): the file goes with the row.
    """
    return (
        ForeignKeyConstraint(
            ["organisation_id", "file_id"],
            ["stored_file.organisation_id", "stored_file.id"],
            ondelete="CASCADE",
        ),
        Index(None, "organisation_id", "file_id"),
        CheckConstraint("num_nonnulls(content_cipher, file_id) = 1", name="content"),
    )
