"""The directory in which an installation on one machine keeps everything it must find again.

    FORMAT          version of this layout; a newer one is refused
    lock            held while the product runs; says who holds it
    secrets.json    generated keys and passwords (0600): without it nothing sealed can be read again
    postgres/ valkey/ mail/ files/ log/ run/

PostgreSQL refuses to run as root. When root starts the product, PostgreSQL runs as `postgres` or `nobody`;
where that user cannot reach the directory because a parent is closed (`/root`), its files lie in
`/var/lib/organising/` and `postgres` here is a link to them. No parent directory's mode is ever changed.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from organising.platform.supervision import Account, StartRefused

FORMAT = 1
MINIMUM_FREE_BYTES = 200 * 1024 * 1024
LONGEST_SOCKET_BYTES = 103  # macOS allows 104 with the closing zero, Linux 108
LONGEST_SOCKET_NAME = "/pg/.s.PGSQL.5432"
OUTSIDE = Path("/var/lib/organising")
SECRET_NAMES = (
    "installation_key",
    "secret_key",
    "postgres_password",
    "organising_owner_password",
    "organising_login_password",
)


class DataDirectory:
    """One installation's directory, created where missing, checked and locked until `close()`.

    Raises StartRefused with one clear line when it cannot be used: held by another process, written by a
    newer version, not ours, not writable, or with less than 200 MB free. `secrets` maps SECRET_NAMES to text
    (`installation_key`: 32 bytes in base64). `account` is the user PostgreSQL runs as, None: the present one.
    """

    def __init__(self, path: Path, *, outside: Path = OUTSIDE) -> None:
        self.path = Path(path).expanduser().resolve()
        self._outside = outside
        self._short_run: Path | None = None
        with self._refusals():
            self._create()
            self._lock = self._take_lock()
        try:
            with self._refusals():
                self._check_format()
                self._check_space()
                self.secrets = self._load_secrets()
                self.account = self._find_account()
                self._create_rooms()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the lock; the directory may be used by another start."""
        if self._short_run is not None:
            shutil.rmtree(self._short_run, ignore_errors=True)
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def log_directory(self) -> Path:
        """Where each child's log lies."""
        return self.path / "log"

    @property
    def mail_directory(self) -> Path:
        """Where the mail catcher keeps what it caught."""
        return self.path / "mail"

    @property
    def files_directory(self) -> Path:
        """Where uploaded files lie."""
        return self.path / "files"

    def server_directory(self, name: str) -> Path:
        """Where the server `name` keeps its files: here, or outside closed parents; it may not exist yet."""
        here = self.path / name
        if here.is_symlink():
            target = here.readlink()
            if not target.is_dir():
                raise StartRefused(
                    f"{here} points to {target}, which is gone: put it back or start elsewhere"
                )
            return target
        if here.exists() or can_reach(self.account, self.path):
            return here
        target = self._outside / _digest(self.path) / name
        assert self.account is not None
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for parent in (self._outside, target.parent):
            parent.chmod(0o711)
        os.chown(target, self.account.uid, self.account.gid)
        here.symlink_to(target)
        return target

    def _create(self) -> None:
        if self.path.is_dir():
            entries = [entry.name for entry in self.path.iterdir() if not entry.name.startswith(".")]
            if entries and not {"FORMAT", "lock"} & set(entries):
                raise StartRefused(
                    f"{self.path} holds other files (such as {sorted(entries)[0]}): "
                    "set ORGANISING_DATA_DIR to an empty directory or one of ours"
                )
        self.path.mkdir(parents=True, exist_ok=True)
        # PostgreSQL's user must be able to walk through; what is inside is closed by itself.
        self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def _take_lock(self) -> int:
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 200, 0).decode("utf-8", "replace").strip() or "unknown process"
            os.close(lock)
            raise StartRefused(
                f"{self.path} is in use by another start of Organising ({holder}): "
                "stop that one or set ORGANISING_DATA_DIR to another directory"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n".encode(), 0)
        return lock

    def _check_format(self) -> None:
        path = self.path / "FORMAT"
        if not path.exists():
            _write_atomically(path, f"{FORMAT}\n")
            return
        text = path.read_text(encoding="ascii", errors="replace").strip()
        if not text.isdecimal():
            raise StartRefused(f"{path} is damaged: it should hold {FORMAT}, not {text[:20]!r}")
        if int(text) > FORMAT:
            raise StartRefused(
                f"{self.path} was written by a newer version of Organising (format {text}, this one knows "
                f"{FORMAT}): start it with that version"
            )

    def _check_space(self) -> None:
        room = os.statvfs(self.path)
        free = room.f_bavail * room.f_frsize
        if free < MINIMUM_FREE_BYTES:
            raise StartRefused(
                f"the disk of {self.path} is full: {free // 1024**2} MB free, "
                f"{MINIMUM_FREE_BYTES // 1024**2} MB needed"
            )
        # A quota does not show in the figures above.
        probe = self.path / ".probe"
        try:
            with probe.open("wb") as file:
                file.write(bytes(1024 * 1024))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)

    def _load_secrets(self) -> dict[str, str]:
        path = self.path / "secrets.json"
        if not path.exists():
            if (self.path / "postgres").exists():
                raise StartRefused(
                    f"{path} is missing, and without it the database cannot be read: put it back"
                )
            generated = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}
            generated["installation_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
            _write_atomically(path, json.dumps(generated, indent=2) + "\n")
            return generated
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return {name: str(kept[name]) for name in SECRET_NAMES}
        except (ValueError, KeyError, TypeError):
            raise StartRefused(f"{path} is damaged: put back the copy you kept") from None

    def _find_account(self) -> Account | None:
        if os.geteuid() != 0:
            return None
        existing = self.path / "postgres"
        if existing.exists() and (uid := existing.stat().st_uid) != 0:
            return Account(_user_name(uid), uid, existing.stat().st_gid)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Account(name, entry.pw_uid, entry.pw_gid)
        raise StartRefused("PostgreSQL does not run as root and there is no other user here: start as one")

    def _create_rooms(self) -> None:
        for room in (self.log_directory, self.mail_directory, self.files_directory):
            room.mkdir(mode=0o700, exist_ok=True)
        run = self._run_directory()
        self.postgres_sockets = run / "pg"
        self.valkey_sockets = run / "kv"
        for sockets in (self.postgres_sockets, self.valkey_sockets):
            sockets.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(self.postgres_sockets, self.account.uid, self.account.gid)

    def _run_directory(self) -> Path:
        run = self.path / "run"
        mode = 0o711 if self.account else 0o700
        if _is_short(run) and can_reach(self.account, self.path):
            run.mkdir(exist_ok=True)
            run.chmod(mode)
            return run
        # Made with an owner and mode of its own, so others in the same place can neither take nor enter it.
        for base in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - see above
            short = base / f"organising-{_digest(self.path)}"
            if base.is_dir() and can_reach(self.account, base) and _is_short(short):
                self._short_run = _own_directory(short, mode)
                return self._short_run
        raise StartRefused(f"{self.path} is too long for the path of a socket: choose a shorter one")

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            owner = _owner_of(self.path)
            raise StartRefused(
                f"{error.filename or self.path} may not be written by this user (it belongs to {owner}): "
                "start as that user or set ORGANISING_DATA_DIR"
            ) from error
        except OSError as error:
            raise StartRefused(f"{self.path} cannot be the data directory: {error.strerror}") from error


# Two test processes, each with half a gigabyte of log before it is recycled.
ROOM_IN_MEMORY = 5 * 1024**3


@contextlib.contextmanager
def temporary_data_directory() -> Iterator[DataDirectory]:
    """A data directory for tests, removed at the end; PostgreSQL's user can reach it when root runs them.

    In memory where there is plenty: cloning a database takes a quarter of the time there.
    """
    path = Path(tempfile.mkdtemp(prefix="organising-test-", dir=_roomy_memory()))
    try:
        with DataDirectory(path) as data_directory:
            yield data_directory
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _roomy_memory() -> Path | None:
    """The file system in memory, if the machine has room to spare for it; else ``None``, the usual place."""
    memory = Path("/dev/shm")  # noqa: S108
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK | os.X_OK):
        return None
    spare = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return memory if min(shutil.disk_usage(memory).free, spare) >= ROOM_IN_MEMORY else None


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether `account` can walk to and into `path` by the mode bits of each directory (None: always)."""
    if account is None:
        return True
    return all(_may_enter(account, directory) for directory in (path, *path.parents))


def _may_enter(account: Account, directory: Path) -> bool:
    found = directory.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _own_directory(path: Path, mode: int) -> Path:
    """Create `path`, or one with a random name where somebody else has taken that name."""
    with contextlib.suppress(FileExistsError):
        path.mkdir()
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        path = Path(tempfile.mkdtemp(prefix="organising-", dir=path.parent))
    path.chmod(mode)
    return path


def _is_short(run: Path) -> bool:
    return len(os.fsencode(run)) + len(LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_BYTES


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _owner_of(path: Path) -> str:
    for candidate in (path, *path.parents):
        with contextlib.suppress(OSError):
            return _user_name(candidate.stat().st_uid)
    return "another user"


def _write_atomically(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
