"""What ``organising doctor`` looks at of files: the scanner with a test virus, the storage with a probe, and that contents are there."""

import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from ..config import Settings
from ..platform.clock import now
from ..platform.db import db
from ..platform.doctor import Finding, State, register_look
from ..platform.tenancy import Context, use_context
from .doors import DOORS
from .models import FileVersion
from .places import key_of
from .scanner import ScannerDown, find_version, find_virus
from .storage import Storage, get_storage

SCANNER, STORAGE = "virus scanner", "files"
# The test virus of EICAR, in two halves, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
OLD_SIGNATURES = timedelta(days=7)
NEWEST = 3


def look_at_scanner(settings: Settings) -> Finding:
    """Ask who it is, have it find the test virus and nothing in words, and take the largest file that may come."""
    scanner = settings.clamd
    if scanner is None:
        return Finding(SCANNER, State.OK, "none is named (CLAMD_URL): files are made anew, and not scanned")
    version = find_version(scanner)
    try:
        found, innocent = find_virus(scanner, EICAR), find_virus(scanner, b"Harmless words.")
    except ScannerDown as down:
        return Finding(SCANNER, State.FAILED, f"{version.name} gives no answer to a file: {down}")
    if found is None:
        return Finding(
            SCANNER,
            State.FAILED,
            f"{version.name} lets the test virus through: has freshclam fetched signatures?",
        )
    if innocent is not None:
        return Finding(SCANNER, State.FAILED, f"{version.name} finds {innocent} in harmless words")
    largest = max(door.most for door in DOORS.values())
    try:
        find_virus(scanner, bytes(largest))
    except ScannerDown:
        most = largest // 2**20
        return Finding(
            SCANNER,
            State.WARNING,
            f"{version.name} does not take {most} MB, which a file here may have: set StreamMaxLength {most + 8}M in clamd.conf",
        )
    if version.signatures is None or version.signatures < now() - OLD_SIGNATURES:
        said = f"of {version.signatures:%d %B %Y}" if version.signatures else "of a day that it does not tell"
        return Finding(
            SCANNER, State.WARNING, f"{version.name} has signatures {said}: let freshclam run every day"
        )
    return Finding(
        SCANNER, State.OK, f"{version.name} finds the test virus; signatures of {version.signatures:%d %B %Y}"
    )


def look_at_storage(settings: Settings) -> Finding:
    """Write a probe, read it back, delete it; then see whether each organisation's newest contents are there."""
    bucket = settings.files_bucket
    place = f"the bucket {bucket.name} at {bucket.endpoint}" if bucket else str(settings.data_dir / "files")
    storage = get_storage()
    wrong = _probe(storage)
    if wrong:
        return Finding(STORAGE, State.FAILED, f"{place} {wrong}")
    keys = list(_newest_keys())
    lost = sum(not _is_there(storage, key) for key in keys)
    if lost:
        return Finding(
            STORAGE,
            State.FAILED,
            f"of the newest {len(keys)} contents {lost} are not in {place}: bring it back as it was when the database was saved",
        )
    return Finding(
        STORAGE, State.OK, f"{place} takes, gives back and deletes; the newest {len(keys)} contents are there"
    )


def _probe(storage: Storage) -> str | None:
    """What can't be done, in words; ``None`` where all can."""
    key, content = f"doctor/{os.urandom(8).hex()}", os.urandom(64)
    step = "can’t be written"
    try:
        storage.put(key, content)
        step = "can’t be read"
        came = storage.get(key)
        step = "does not let its files be deleted"
        storage.delete(key)
    except OSError as error:
        return f"{step}: {error}"
    if came != content:
        return "gives back something else than was written"
    try:
        storage.get(key)
    except FileNotFoundError:
        return None
    return "keeps what was deleted"


def _newest_keys() -> Iterator[str]:
    with use_context(Context()) as session:
        organisations: list[UUID] = list(
            session.scalars(text("SELECT id FROM organisation WHERE left_at IS NULL ORDER BY id"))
        )
    for organisation_id in organisations:
        with use_context(Context(organisation_id=organisation_id)):
            newest = select(FileVersion.id).order_by(FileVersion.created_at.desc()).limit(NEWEST)
            for version_id in db.session.scalars(newest).all():
                yield key_of(organisation_id, version_id, False)


def _is_there(storage: Storage, key: str) -> bool:
    try:
        storage.get(key)
    except FileNotFoundError:
        return False
    return True


register_look(SCANNER, look_at_scanner)
register_look(STORAGE, look_at_storage)
