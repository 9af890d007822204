"""Keeping a file: what was checked and made anew is sealed and put into the storage; refused with a clear word otherwise."""

import os
import re
import unicodedata
from typing import BinaryIO
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from ...config import Settings
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db, new_id
from ...platform.locks import take_turns
from ...platform.logging import get_logger
from ...platform.sealing import seal, seal_bytes
from ..content.findings import Clean
from ..doors import FILES, Door
from ..kinds import ENDINGS, FileKind
from ..models import FileVersion, StoredFile
from ..places import bound_to, key_of
from ..queries import count_filled, get_file
from ..storage import get_storage
from .checking import check_file, read_all, refuse

log = get_logger(__name__)
LONGEST_NAME = 100
MOST_VERSIONS = 50
# Letters of any script; nothing that ends a header, turns writing round, or separates folders.
HARMFUL = re.compile(r"[\\/:*?\"<>|%;\x00-\x1f\x7f]+")


def keep_file(actor: Actor, stream: BinaryIO, name: str, *, door: Door = FILES) -> StoredFile:
    """Keep a new file. Raises :class:`Invalid` with the door's field saying why not. The caller has checked that the actor may."""
    return keep_clean(actor, check_file(door, read_all(door, stream), name), name, door=door)


def keep_clean(
    actor: Actor, clean: Clean, name: str, *, door: Door = FILES, has_room: bool = False
) -> StoredFile:
    """Keep what was checked; ``has_room``: it had its room before. Raises :class:`Invalid` where there is none, or the storage does not answer."""
    take_turns("files", actor.organisation_id)
    file = StoredFile(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=clean.kind,
        size=len(clean.content),
        version=1,
        created_by=actor.user_id,
        author_label=actor.author_label,
        kept_for=door.name if door.is_governed else None,
    )
    file.name = plain_name(name, clean.kind)
    if not has_room:
        _check_room(door, clean)
    db.session.add(file)
    db.session.flush()
    _keep_version(actor, door, file, clean)
    if door.is_governed:
        # What it belongs to is what is recorded.
        return file
    record(actor, "file.kept", "file", file.id, kind=clean.kind, bytes=file.size)
    return file


def replace_file(
    actor: Actor, file_id: UUID, stream: BinaryIO, name: str, *, door: Door = FILES
) -> StoredFile:
    """Give a file a new version; those before stay to be opened. Raises :class:`NotFound`, :class:`Invalid`."""
    get_file(file_id)
    clean = check_file(door, read_all(door, stream), name)
    take_turns("files", actor.organisation_id)
    statement = select(StoredFile).where(StoredFile.id == file_id, StoredFile.removed_at.is_(None))
    file = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()
    if file.version >= MOST_VERSIONS:
        refuse(door, _("A file has %(most)d versions at most. Add it as a new file.", most=MOST_VERSIONS))
    _check_room(door, clean)
    file.version += 1
    file.kind, file.size = clean.kind, len(clean.content)
    file.name = plain_name(name, clean.kind)
    _keep_version(actor, door, file, clean)
    record(actor, "file.replaced", "file", file.id, version=file.version, bytes=file.size)
    return file


def plain_name(given: str, kind: FileKind) -> str:
    """The name without folders and hidden marks, with the ending of what the file is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    stem = last.rpartition(".")[0] or last
    seen = "".join(one if one.isprintable() or one == " " else " " for one in HARMFUL.sub(" ", stem))
    stem = " ".join(seen.split()).strip(". ")[:LONGEST_NAME].strip() or _("File")
    return f"{stem}{ENDINGS[kind]}"


def _check_room(door: Door, clean: Clean) -> None:
    """Asked while nobody else of the organisation adds a file."""
    settings: Settings = current_app.config["SETTINGS"]
    if count_filled().size + len(clean.content) + len(clean.small or b"") > settings.files_quota:
        refuse(
            door,
            _(
                "Your organisation’s files fill their %(most)s MB. Delete some for good, then add this one.",
                most=settings.files_quota // 2**20,
            ),
        )


def _keep_version(actor: Actor, door: Door, file: StoredFile, clean: Clean) -> FileVersion:
    version_id, key = new_id(), os.urandom(32)
    version = FileVersion(
        id=version_id,
        organisation_id=file.organisation_id,
        file_id=file.id,
        number=file.version,
        kind=clean.kind,
        size=len(clean.content),
        small_size=len(clean.small or b""),
        width=clean.width,
        height=clean.height,
        author_label=actor.author_label,
        key_cipher=seal_bytes(
            db.session(), file.organisation_id, FileVersion.__tablename__, "key_cipher", version_id, key
        ),
    )
    db.session.add(version)
    db.session.flush()
    try:
        for small, content in ((False, clean.content), (True, clean.small)):
            if content is not None:
                sealed = seal(key, content, bound_to(version, small))
                get_storage().put(key_of(version.organisation_id, version.id, small), sealed)
    except OSError as error:
        log.error("storage_down", reason=str(error)[:200])
        refuse(
            door, _("The storage for files does not answer, so nothing was added. Try again in some minutes.")
        )
    return version
