"""Importing on the web: files are kept, compared, looked at by a person, and applied as they were looked at."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from organising.files.content.telling import DataForm
from organising.files.doors import Door, open_door
from organising.files.services import check_data
from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict, DomainError, Invalid
from organising.platform.permissions import Permission, Role
from organising.platform.queue import enqueue_after_commit
from organising.platform.tenancy import import_context, use_context
from organising.representatives.models import GivenFile, ImportUpload, UploadState
from organising.representatives.models.uploads import KEPT_FOR, pack, unpack
from organising.representatives.readers import UnreadableFile
from organising.representatives.readers.sources import GZIP_MAGIC
from organising.representatives.services.files import Source, import_sources, read_given
from organising.representatives.services.results import ImportResult

APPLY = "organising.representatives.jobs.apply_upload"
PUBLISHED = open_door(
    Door(
        "published files",
        "files",
        reads=frozenset({DataForm.TEXT, DataForm.GZIP}),
        most=16 * 2**20,
        otherwise=_l("Representatives come as JSON or CSV, plain or packed with gzip."),
    )
)
MOST_FILES = 20
# What all files of one upload may come to once unpacked, in bytes.
LARGEST_UNPACKED = 64 << 20


def keep_upload(actor: Actor, files: Sequence[GivenFile], *, as_of: date | None = None) -> ImportUpload:
    """Compare files with what is on record and keep both, changing nothing; the caller commits.

    Raises Forbidden, and Invalid with a line per file that can't be taken in ``details["lines"]``.
    """
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    if not files or len(files) > MOST_FILES:
        raise _refused([_("Choose between 1 and %(most)s files.", most=MOST_FILES)])
    day, at = as_of or clock.today(), clock.now()
    _check(files)
    difference = _compare(actor, _read(files), day)
    upload = ImportUpload(
        title=", ".join(one.name for one in files),
        content=pack(files),
        as_of=day,
        difference=difference,
        fingerprint=fingerprint_of(difference),
        by_user_id=actor.user_id,
        by_label=actor.display_name,
        changed_at=at,
        expires_at=at + KEPT_FOR,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def compare_again(actor: Actor, upload_id: UUID) -> ImportUpload:
    """Compare kept files afresh, as after questions were answered. Raises as :func:`keep_upload`, NotFound, Conflict."""
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    upload = _locked(upload_id)
    if upload.is_under_way:
        raise Conflict(_("This import is under way. Wait until it has ended."))
    difference = _compare(actor, _read(unpack(upload.content)), upload.as_of)
    upload.compare(difference, fingerprint_of(difference), clock.now())
    db.session.flush()
    return upload


def ask_to_apply(actor: Actor, upload_id: UUID, fingerprint: str) -> bool:
    """Have what was looked at applied by a job; returns whether this began it.

    ``fingerprint`` is of the comparison that the person saw. Raises Forbidden, NotFound, and Conflict where the
    comparison has changed since.
    """
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    upload = _locked(upload_id)
    if upload.state == UploadState.COMPARED and upload.fingerprint != fingerprint:
        raise Conflict(_("The comparison has changed since you looked at it. Look at it again."))
    if not upload.ask(actor.user_id, actor.display_name, clock.now()):
        return False
    audit.record(actor, "representatives.import_asked", "import_upload", upload.id)
    ring(upload)
    db.session.flush()
    return True


def discard_upload(actor: Actor, upload_id: UUID) -> None:
    """Forget kept files. Raises Forbidden, NotFound, and Conflict while they are being imported."""
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    upload = _locked(upload_id)
    if upload.is_under_way:
        raise Conflict(_("This import is under way. Wait until it has ended."))
    db.session.delete(upload)
    db.session.flush()


def ring(upload: ImportUpload) -> None:
    """Ring for the job once this transaction has committed."""
    enqueue_after_commit(
        APPLY, organisation_id=upload.organisation_id, row_id=upload.id, purpose="apply_import"
    )


class Stale(Exception):
    """An import would do something else than what was looked at; ``difference`` says what."""

    def __init__(self, difference: dict[str, Any]) -> None:
        super().__init__("the comparison has changed")
        self.difference = difference


def begin_upload(organisation: Actor, upload_id: UUID) -> Actor | None:
    """Note that a kept upload is being applied; returns whoever asked for it, None where nobody waits for it.

    To be committed before the import itself, so that one that kills its runner is not tried for ever.
    """
    upload = db.session.scalars(
        select(ImportUpload).where(ImportUpload.id == upload_id).with_for_update(skip_locked=True)
    ).one_or_none()
    if upload is None or not upload.begin(clock.now()):
        return None
    # Whoever asked held the permission then, and what they asked for is what is done.
    actor = Actor(
        upload.by_user_id, upload.by_label, organisation.organisation_id, organisation.organisation_name,
        Role.COORDINATOR, None, organisation.campaign_id,
    )  # fmt: skip
    db.session.flush()
    return actor


def apply_upload(actor: Actor, upload_id: UUID) -> None:
    """Import what was looked at. The session's context needs the purpose ``import``.

    The row stays locked until the caller commits, so that a sweep tells a runner that is at work from one that is
    gone. Raises Stale, Invalid and UnreadableFile, after which nothing may be committed.
    """
    upload = _locked(upload_id)
    if upload.state != UploadState.RUNNING:
        return
    taken, lines = _take(actor, _read(unpack(upload.content)), upload.as_of)
    if lines:
        raise _refused(lines)
    difference = _difference(taken)
    if fingerprint_of(difference) != upload.fingerprint:
        raise Stale(difference)
    upload.finish(clock.now())
    audit.record(actor, "representatives.import_applied", "import_upload", upload_id, files=len(taken))
    db.session.flush()


def end_upload(upload_id: UUID, error: Stale | DomainError | UnreadableFile) -> None:
    """Note why a kept upload was not applied: to be looked at again, or failed."""
    upload = _locked(upload_id)
    if upload.state != UploadState.RUNNING:
        return
    if isinstance(error, Stale):
        upload.compare(error.difference, fingerprint_of(error.difference), clock.now(), stale=True)
    else:
        upload.fail(_reason(error), clock.now())
    db.session.flush()


def tidy_uploads(organisation_id: UUID) -> None:
    """Forget what has expired; ring again for what nobody took; retry what a killed runner left. Commits nothing."""
    at = clock.now()
    settled = ImportUpload.state.not_in([UploadState.WAITING, UploadState.RUNNING])
    db.session.execute(
        delete(ImportUpload)
        .where(ImportUpload.organisation_id == organisation_id, ImportUpload.expires_at < at, settled)
        .execution_options(synchronize_session=False)
    )
    left = select(ImportUpload).where(~settled).with_for_update(skip_locked=True)
    for upload in db.session.scalars(left):
        if upload.retry(at) and upload.state == UploadState.FAILED:
            upload.reason = _("The import was interrupted twice. Nothing was changed.")
        if upload.state == UploadState.WAITING:
            ring(upload)
    db.session.flush()


def fingerprint_of(difference: dict[str, Any]) -> str:
    """A text that is the same for two comparisons exactly when they would do the same."""
    return hashlib.sha256(json.dumps(difference, sort_keys=True).encode()).hexdigest()


def _locked(upload_id: UUID) -> ImportUpload:
    upload: ImportUpload = get_or_404(ImportUpload, upload_id)
    db.session.refresh(upload, with_for_update=True)
    return upload


def _compare(actor: Actor, sources: Sequence[Source], as_of: date) -> dict[str, Any]:
    """What an import does, found by doing it and taking it back: later files build on earlier ones."""
    with use_context(import_context(actor)) as session:
        taken, lines = _take(actor, sources, as_of)
        session.rollback()
    if lines:
        raise _refused(lines)
    return _difference(taken)


def _take(
    actor: Actor, sources: Sequence[Source], as_of: date
) -> tuple[list[tuple[Source, ImportResult]], list[str]]:
    """Import all that can be taken; a line for each file that can't."""
    taken, lines = [], []
    for source, found in import_sources(actor, sources, as_of=as_of):
        if isinstance(found, Invalid):
            lines.append(f"{source.name}: {found.message}")
        else:
            taken.append((source, found))
    return taken, lines


def _check(files: Sequence[GivenFile]) -> None:
    """Each as to what it is, and by the scanner. Raises Invalid with a line for each that is not taken."""
    lines: list[str] = []
    for one in files:
        try:
            check_data(PUBLISHED, one.content)
        except Invalid as refusal:
            lines.append(_unreadable(one) or f"{one.name}: {', '.join(map(str, refusal.details.values()))}")
    if lines:
        raise _refused(lines)


def _unreadable(given: GivenFile) -> str | None:
    """What the reader says of a text that was refused: it names the place."""
    if given.content.startswith(GZIP_MAGIC):
        return None
    try:
        read_given(given.content, given.name)
    except UnreadableFile as error:
        return str(error)
    return None


def _read(files: Sequence[GivenFile]) -> list[Source]:
    """Files with what they say. Raises Invalid with a line for each that can't be read."""
    read: list[Source] = []
    lines: list[str] = []
    left = LARGEST_UNPACKED
    for given in files:
        size = _unpacked_size(given.content, left)
        left -= size
        if left < 0:
            lines.append(
                _("%(name)s: too large for this page once unpacked. Whoever runs the server loads it with “organising representatives import FILE”.", name=given.name)
            )  # fmt: skip
            break
        try:
            read.append(Source.of(given.name, given.content, read_given(given.content, given.name)))
        except UnreadableFile as error:
            lines.append(str(error))
    if lines:
        raise _refused(lines)
    return read


def _unpacked_size(content: bytes, most: int) -> int:
    """How many bytes a file comes to, counted no further than a little over ``most``."""
    if not content.startswith(GZIP_MAGIC):
        return len(content)
    unpacker, size, rest = zlib.decompressobj(wbits=31), 0, content
    try:
        while rest and size <= most and not unpacker.eof:
            size += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
    except zlib.error:
        # The reader says in which place it is damaged.
        return size
    # Further members of the same file may unpack to anything: the reader's own limit is far higher.
    return most + 1 if unpacker.unused_data.startswith(GZIP_MAGIC) else size


def _difference(taken: Sequence[tuple[Source, ImportResult]]) -> dict[str, Any]:
    return {
        "files": [
            {
                "name": source.name,
                "sha256": source.sha256,
                "source": result.source,
                "counts": {what: dict(numbers) for what, numbers in result.counts.items()},
                "changes": sorted([one.what, one.outcome, one.label, one.detail] for one in result.changes),
                "rejected": [[one.place, one.reason] for one in result.rejected],
                "questions": sorted([one.says.get("name", ""), one.reason] for one in result.questions),
                "ignored": dict(result.ignored),
            }
            for source, result in taken
        ]
    }


def _refused(lines: list[str]) -> Invalid:
    return Invalid(_("These files can’t be taken. Nothing was changed."), lines=lines)


def _reason(error: DomainError | UnreadableFile) -> str:
    if isinstance(error, UnreadableFile):
        return str(error)
    return " ".join([error.message, *error.details.get("lines", [])])
