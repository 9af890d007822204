"""Taking files away: with a way back for a while, then for good, and the storage swept of what nobody can open any more."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict, Forbidden
from ...platform.permissions import Permission
from ...platform.retention import days_of
from ..models import FileVersion, StoredFile
from ..places import version_of
from ..queries import get_listed, get_visible, list_older_than, list_removed_before
from ..storage import get_storage
from ..uses import find_used

# A content is put before its row is committed: a younger one without a row may be about to get one.
YOUNGEST = timedelta(hours=1)


def remove_file(actor: Actor, file_id: UUID) -> StoredFile:
    """Take a file from all lists and pages; it can be put back. Raises :class:`NotFound`, :class:`Forbidden`."""
    file = get_visible(actor, file_id)
    _check_may(actor, file)
    if file.remove(now()):
        record(actor, "file.removed", "file", file.id)
    return file


def restore_file(actor: Actor, file_id: UUID) -> StoredFile:
    """Put a removed file back. Raises :class:`NotFound`, :class:`Forbidden`."""
    file = get_listed(file_id)
    _check_may(actor, file)
    if file.restore():
        record(actor, "file.restored", "file", file.id)
    return file


def get_deletable(actor: Actor, file_id: UUID) -> StoredFile:
    """A removed file that the actor may delete. Raises :class:`NotFound`, :class:`Forbidden`, :class:`Conflict`."""
    file = get_listed(file_id)
    _check_may(actor, file)
    if file.removed_at is None:
        raise Conflict("Remove the file first; then it can be deleted for good.")
    return file


def goes_at(file: StoredFile) -> datetime | None:
    """When a removed file goes by itself."""
    return file.removed_at and file.removed_at + timedelta(days=days_of("files.removed"))


def delete_file(actor: Actor, file_id: UUID) -> None:
    """Let a removed file go for good, before its time. Raises :class:`NotFound`, :class:`Forbidden`, :class:`Conflict`."""
    purge([get_deletable(actor, file_id).id])
    record(actor, "file.deleted", "file", file_id)


def purge(file_ids: Collection[UUID]) -> int:
    """Take files away for good. Their keys go with the rows: from the commit on nobody can open what still lies there."""
    gone: Any = db.session.execute(
        delete(StoredFile)
        .where(StoredFile.id.in_(list(file_ids)))
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    return int(gone.rowcount)


def purge_removed(at: datetime) -> int:
    """Let go what was removed long enough ago."""
    return purge(list_removed_before(at - timedelta(days=days_of("files.removed"))))


def purge_unused(at: datetime) -> int:
    """Let go what hangs nowhere and was touched by nobody for long enough."""
    old = list_older_than(at - timedelta(days=days_of("files.unused")))
    return purge(set(old) - find_used(old))


RETENTION = {"files.removed": purge_removed, "files.unused": purge_unused}


def sweep_contents(organisation_id: UUID) -> int:
    """Delete the contents of an organisation that have no row, in its own context; answers how many."""
    old = [key for key, at in get_storage().keys(f"{organisation_id}/") if at < now() - YOUNGEST]
    if not old:
        return 0
    known = {str(one) for one in db.session.scalars(select(FileVersion.id))}
    orphans = [key for key in old if version_of(key) not in known]
    for key in orphans:
        get_storage().delete(key)
    return len(orphans)


def _check_may(actor: Actor, file: StoredFile) -> None:
    if file.created_by != actor.user_id and not actor.can(Permission.FILES_MANAGE):
        raise Forbidden("Only whoever added a file, or an admin, takes it away.")
