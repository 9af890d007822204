"""Reads of an organisation's files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from ..platform.actor import Actor
from ..platform.db import db, get_or_404
from ..platform.errors import NotFound
from ..platform.permissions import Permission
from .models import FileVersion, StoredFile
from .uses import is_shown_somewhere


@dataclass(frozen=True)
class Filled:
    """How much of its room an organisation has filled, in bytes. ``governed``: how many files belong to records."""

    files: int
    governed: int
    size: int


def get_file(file_id: UUID) -> StoredFile:
    """A file that was not removed. Raises :class:`NotFound`."""
    found = get_listed(file_id)
    if found.removed_at is not None:
        raise NotFound
    return found


def get_listed(file_id: UUID) -> StoredFile:
    """A file of the list, or of those that were removed; none that a record's own page governs. Raises :class:`NotFound`."""
    found = get_or_404(StoredFile, file_id)
    if found.kept_for is not None:
        raise NotFound
    return found


def get_visible(actor: Actor, file_id: UUID) -> StoredFile:
    """A file that the actor may open: their own, one on a page of theirs, or any for who sees all. Raises :class:`NotFound`."""
    found = get_file(file_id)
    if (
        found.created_by == actor.user_id
        or actor.can(Permission.FILES_VIEW)
        or is_shown_somewhere(actor, file_id)
    ):
        return found
    raise NotFound


def get_version(file: StoredFile, number: int | None = None) -> FileVersion:
    """One version, the newest unless named. Raises :class:`NotFound`."""
    wanted = file.version if number is None else number
    found = db.session.scalars(
        select(FileVersion).where(FileVersion.file_id == file.id, FileVersion.number == wanted)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_versions(file: StoredFile) -> Sequence[FileVersion]:
    """A file's versions, the newest first."""
    statement = select(FileVersion).where(FileVersion.file_id == file.id).order_by(FileVersion.number.desc())
    return db.session.scalars(statement).all()


def newest_versions(files: Collection[StoredFile]) -> dict[UUID, FileVersion]:
    """The newest version of each, by the file's id."""
    wanted = {one.id: one.version for one in files}
    found = db.session.scalars(select(FileVersion).where(FileVersion.file_id.in_(list(wanted))))
    return {one.file_id: one for one in found if wanted[one.file_id] == one.number}


def select_files(*, removed: bool = False) -> Select[tuple[StoredFile]]:
    """The organisation's files, or those that were removed and can be put back."""
    gone = StoredFile.removed_at.is_not(None) if removed else StoredFile.removed_at.is_(None)
    return select(StoredFile).where(gone, StoredFile.kept_for.is_(None))


def count_filled() -> Filled:
    """All that is kept, removed files and old versions too."""
    size = func.coalesce(func.sum(FileVersion.size + FileVersion.small_size), 0)
    row = db.session.execute(
        select(
            func.count(func.distinct(StoredFile.id)).filter(StoredFile.kept_for.is_(None)),
            func.count(func.distinct(StoredFile.id)).filter(StoredFile.kept_for.is_not(None)),
            size,
        ).join(StoredFile, StoredFile.id == FileVersion.file_id)
    ).one()
    return Filled(*map(int, row))


def list_removed_before(at: datetime) -> Sequence[UUID]:
    """Removed files whose time to be put back is over."""
    return db.session.scalars(select(StoredFile.id).where(StoredFile.removed_at <= at)).all()


def list_older_than(at: datetime) -> Sequence[UUID]:
    """Files that were neither added nor given a new version since."""
    newer = select(FileVersion.file_id).where(FileVersion.created_at > at)
    statement = select(StoredFile.id).where(
        StoredFile.created_at <= at,
        StoredFile.removed_at.is_(None),
        StoredFile.kept_for.is_(None),
        StoredFile.id.not_in(newer),
    )
    return db.session.scalars(statement).all()
