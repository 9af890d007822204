"""Keeping a file: checked, scanned, made anew, sealed, put into the storage; refused with a clear word otherwise."""

import os
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, NoReturn
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from ...config import Settings
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db, new_id
from ...platform.errors import Invalid
from ...platform.locks import take_turns
from ...platform.logging import get_logger
from ...platform.sealing import seal, seal_bytes
from ..content.findings import Clean, Refusal
from ..content.reading import read_content
from ..kinds import ENDINGS, MATERIALS, MOST_BYTES, FileKind
from ..models import FileVersion, StoredFile
from ..places import bound_to, key_of
from ..queries import count_filled, get_file
from ..scanner import ScannerDown, find_virus
from ..storage import get_storage
from ..words import REASONS

log = get_logger(__name__)
LONGEST_NAME = 100
MOST_VERSIONS = 50
# Letters of any script; nothing that ends a header, turns writing round, or separates folders.
HARMFUL = re.compile(r"[\\/:*?\"<>|%;\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class _Given:
    """What was sent: the content and what it was called."""

    content: bytes
    name: str


def keep_file(
    actor: Actor,
    stream: BinaryIO,
    name: str,
    *,
    kinds: Collection[FileKind] = MATERIALS,
    most: int = MOST_BYTES,
) -> StoredFile:
    """Keep a new file. Raises :class:`Invalid` with ``file`` saying why not. The caller has checked that the actor may."""
    given, clean = _checked(stream, name, kinds, most)
    take_turns("files", actor.organisation_id)
    file = StoredFile(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=clean.kind,
        size=len(clean.content),
        version=1,
        created_by=actor.user_id,
        author_label=actor.author_label,
    )
    file.name = plain_name(given.name, clean.kind)
    _check_room(clean)
    db.session.add(file)
    db.session.flush()
    _keep_version(actor, file, clean)
    record(actor, "file.kept", "file", file.id, kind=clean.kind, bytes=file.size)
    return file


def replace_file(
    actor: Actor,
    file_id: UUID,
    stream: BinaryIO,
    name: str,
    *,
    kinds: Collection[FileKind] = MATERIALS,
    most: int = MOST_BYTES,
) -> StoredFile:
    """Give a file a new version; those before stay to be opened. Raises :class:`NotFound`, :class:`Invalid`."""
    get_file(file_id)
    given, clean = _checked(stream, name, kinds, most)
    take_turns("files", actor.organisation_id)
    statement = select(StoredFile).where(StoredFile.id == file_id, StoredFile.removed_at.is_(None))
    file = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()
    if file.version >= MOST_VERSIONS:
        _refuse(_("A file has %(most)d versions at most. Add it as a new file.", most=MOST_VERSIONS))
    _check_room(clean)
    file.version += 1
    file.kind, file.size = clean.kind, len(clean.content)
    file.name = plain_name(given.name, clean.kind)
    _keep_version(actor, file, clean)
    record(actor, "file.replaced", "file", file.id, version=file.version, bytes=file.size)
    return file


def read_all(stream: BinaryIO, most: int = MOST_BYTES) -> bytes:
    """The content; one byte more than is allowed tells that it is too much, and the rest is never read."""
    content = stream.read(most + 1)
    if len(content) > most:
        _refuse(_("A file may be %(most)s MB at most.", most=most // 2**20))
    return content


def plain_name(given: str, kind: FileKind) -> str:
    """The name without folders and hidden marks, with the ending of what the file is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    stem = last.rpartition(".")[0] or last
    seen = "".join(one if one.isprintable() or one == " " else " " for one in HARMFUL.sub(" ", stem))
    stem = " ".join(seen.split()).strip(". ")[:LONGEST_NAME].strip() or _("File")
    return f"{stem}{ENDINGS[kind]}"


def _checked(stream: BinaryIO, name: str, kinds: Collection[FileKind], most: int) -> tuple[_Given, Clean]:
    given = _Given(read_all(stream, most), name)
    _scan(given.content)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    try:
        return given, read_content(given.content, ending, kinds)
    except Refusal as refusal:
        _refuse(str(REASONS[refusal.reason]))


def _scan(content: bytes) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.clamd is None or not content:
        return
    try:
        found = find_virus(settings.clamd, content)
    except ScannerDown as down:
        log.error("scanner_down", reason=str(down)[:200])
        _refuse(
            _(
                "The virus scanner does not answer, so nothing can be added just now. Try again in some minutes."
            )
        )
    if found is not None:
        log.warning("virus_found", what=found[:100])
        _refuse(_("The virus scanner found something in this file: %(what)s.", what=found[:100]))


def _check_room(clean: Clean) -> None:
    """Asked while nobody else of the organisation adds a file."""
    settings: Settings = current_app.config["SETTINGS"]
    if count_filled().size + len(clean.content) + len(clean.small or b"") > settings.files_quota:
        _refuse(
            _(
                "Your organisation’s files fill their %(most)s MB. Delete some for good, then add this one.",
                most=settings.files_quota // 2**20,
            )
        )


def _keep_version(actor: Actor, file: StoredFile, clean: Clean) -> FileVersion:
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
        _refuse(_("The storage for files does not answer, so nothing was added. Try again in some minutes."))
    return version


def _refuse(words: str) -> NoReturn:
    raise Invalid(_("The file was not added."), file=words)
