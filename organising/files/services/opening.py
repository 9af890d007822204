"""Opening what is kept."""

from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.logging import get_logger
from ...platform.sealing import open_bytes, unseal
from ..links import LASTS, address_of_content
from ..models import FileVersion, StoredFile
from ..places import bound_to, key_of
from ..queries import get_version
from ..storage import StorageDown, get_storage

log = get_logger(__name__)


def address_of_file(
    file: StoredFile, *, version: int | None = None, small: bool = False, lasts: int = LASTS
) -> str:
    """The signed address of a version's content. Whoever gives it out has asked whether the reader may."""
    found = get_version(file, version)
    return address_of_content(
        file.organisation_id, found.id, small=small and bool(found.small_size), lasts=lasts
    )


def open_governed(file_id: UUID, *, small: bool = False) -> bytes:
    """The content of a file that belongs to a record, for who may see that: the caller has asked. ``small``, where there is one.

    Raises :class:`NotFound`, :class:`StorageDown`, :class:`KeyGone`.
    """
    version = db.session.scalars(select(FileVersion).where(FileVersion.file_id == file_id)).one_or_none()
    if version is None:
        raise NotFound
    return open_version(version.id, small=small and bool(version.small_size))[2]


def open_version(version_id: UUID, *, small: bool = False) -> tuple[StoredFile, FileVersion, bytes]:
    """File, version and content. Raises :class:`NotFound`, :class:`StorageDown`, :class:`KeyGone`."""
    row = db.session.execute(
        select(StoredFile, FileVersion)
        .join(FileVersion, FileVersion.file_id == StoredFile.id)
        .where(FileVersion.id == version_id, StoredFile.removed_at.is_(None))
    ).one_or_none()
    if row is None or (small and not row[1].small_size):
        raise NotFound
    file, version = row[0], row[1]
    key = open_bytes(
        db.session(),
        version.organisation_id,
        FileVersion.__tablename__,
        "key_cipher",
        version.id,
        version.key_cipher,
    )
    try:
        sealed = get_storage().get(key_of(version.organisation_id, version.id, small))
        return file, version, unseal(key, sealed, bound_to(version, small))
    except (FileNotFoundError, InvalidTag) as error:
        log.error("file_damaged", version=str(version_id), kind=type(error).__name__)
        raise StorageDown(
            "This file is not in the storage as it was kept. Tell whoever runs this server."
        ) from None
    except OSError as error:
        log.error("storage_down", reason=str(error)[:200])
        raise StorageDown("The storage for files does not answer. Try again in some minutes.") from None
