"""Making a backup: one snapshot, dumped, encrypted, read back and counted before it gets its name."""

import contextlib
import json
import os
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from ..clock import now
from ..command import Refused
from ..installation import Installation
from ..migrations import maintenance
from ..roles import OWNER
from ..schema import ident
from .container import DUMP, END, FILES, MANIFEST, PIECE, Reader, Writer
from .programs import access, dump_arguments, find_program, server_version
from .records import Run, RunKind, note_run

# How the storage ends the name of a file that it is still writing.
PART = ".part"
TABLES = text(
    """
    SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AS secured,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'maintenance') AS shown
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_' ORDER BY 1
    """
)


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    path: Path
    made_at: datetime
    tables: int
    rows: int
    size: int
    seconds: float


def make_backup(
    installation: Installation,
    target: Path,
    files: Path | None,
    say: Callable[[str], None] = lambda words: None,
) -> Backup:
    """Write a backup to the file ``target``; ``files``: a directory that goes along. Raises :class:`Refused`; leaves no half."""
    began, made_at = time.monotonic(), now()
    if target.exists():
        raise Refused(f"{target} is there already")
    part = target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            with snapshot(installation.owner_url) as (connection, name):
                manifest = _manifest(connection, made_at)
                writer = Writer(stream, installation.installation_key, made_at)
                writer.write(MANIFEST, json.dumps(manifest).encode())
                say(f"Dumping {sum(manifest['rows'].values())} rows of {len(manifest['rows'])} tables.")
                _dump(installation.owner_url, name, writer)
            if files is not None and any(files.iterdir()):
                _add_files(files, writer)
            writer.write(END, b"")
            stream.flush()
            os.fsync(stream.fileno())
        say("Reading it back and counting.")
        check_backup(installation, part)
        part.rename(target)
    except OSError as error:
        raise Refused(f"{error.filename or target}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    rows, size, seconds = sum(manifest["rows"].values()), target.stat().st_size, time.monotonic() - began
    with maintenance(installation.owner_url) as connection:
        note_run(connection, Run(RunKind.BACKUP, made_at, rows, size, seconds))
    return Backup(target, made_at, len(manifest["rows"]), rows, size, seconds)


@contextlib.contextmanager
def snapshot(owner_url: str) -> Iterator[tuple[Connection, str]]:
    """A transaction as the owner in maintenance that sees one moment, and the name under which ``pg_dump`` sees the same."""
    engine = create_engine(owner_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
        connection.exec_driver_sql("SELECT set_config('app.maintenance', 'on', true)")
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def count_rows(connection: Connection) -> dict[str, int]:
    """The rows of every table. Raises :class:`Refused` where row security would hide some from the owner."""
    tables = connection.execute(TABLES).all()
    hidden = [one.name for one in tables if one.secured and not one.shown]
    if hidden:
        raise Refused(
            f"row security hides rows of {', '.join(hidden)} from the owner: they have no maintenance policy"
        )
    return {
        one.name: int(connection.scalar(text(f"SELECT count(*) FROM {ident(one.name)}")) or 0)  # noqa: S608 (the catalogue's)
        for one in tables
    }


def check_backup(installation: Installation, path: Path) -> dict[str, Any]:
    """Decrypt a backup to its end and count each table's rows in it; answers its manifest. Raises :class:`Refused`."""
    program = find_program("pg_restore", server_version(installation.owner_url))
    arguments = [program, "--data-only", "--file=-"]
    with path.open("rb") as stream:
        reader = Reader(stream, installation.installation_key)
        manifest: dict[str, Any] = {}
        with subprocess.Popen(  # noqa: S603
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PATH": os.defpath}
        ) as child:
            counted: dict[str, int] = {}
            counter = threading.Thread(target=_count_copied, args=(child.stdout, counted))
            counter.start()
            assert child.stdin is not None
            try:
                for kind, plain in reader.pieces():
                    if kind == MANIFEST:
                        manifest = json.loads(plain)
                    elif kind == DUMP:
                        # It may have read enough, or failed: what it ended with says which. The rest is decrypted all the same.
                        with contextlib.suppress(BrokenPipeError):
                            child.stdin.write(plain)
            finally:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
                counter.join()
    if child.returncode:
        raise Refused("the dump within the backup can't be read")
    compare(manifest["rows"], counted, "the backup")
    return manifest


def compare(wanted: dict[str, int], found: dict[str, int], place: str) -> None:
    """Raises :class:`Refused` with the first tables whose rows are not all there."""
    wrong = [
        f"{name} has {found.get(name, 0)} of {n} rows"
        for name, n in wanted.items()
        if found.get(name, 0) != n
    ]
    if wrong:
        raise Refused(f"{place} is not whole: {'; '.join(wrong[:5])}")


def _manifest(connection: Connection, made_at: datetime) -> dict[str, Any]:
    return {
        "made_at": made_at.isoformat(),
        "revision": connection.scalar(text("SELECT version_num FROM alembic_version")),
        "server": connection.scalar(text("SHOW server_version")),
        "rows": count_rows(connection),
    }


def _dump(owner_url: str, name: str, writer: Writer) -> None:
    arguments = dump_arguments(owner_url, "--format=custom", "--compress=6", f"--snapshot={name}")
    with subprocess.Popen(  # noqa: S603
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=access(owner_url)
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        while plain := child.stdout.read(PIECE):
            writer.write(DUMP, plain)
        said = child.stderr.read().decode(errors="replace").strip()
    if child.returncode:
        raise Refused(f"pg_dump failed: {said.splitlines()[0] if said else child.returncode}")


class _Into(RawIOBase):
    """A stream that ends in pieces of a backup."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def writable(self) -> bool:
        return True

    def write(self, plain: Any) -> int:
        self._writer.write(FILES, bytes(plain))
        return len(plain)


def _add_files(files: Path, writer: Writer) -> None:
    with tarfile.open(fileobj=cast(BinaryIO, _Into(writer)), mode="w|", bufsize=PIECE) as archive:
        for one in sorted(files.rglob("*")):
            # What is half written belongs to no row yet; what goes meanwhile had lost its row before.
            if one.suffix != PART:
                with contextlib.suppress(FileNotFoundError):
                    archive.add(one, arcname=f"files/{one.relative_to(files)}", recursive=False)


def _count_copied(stream: Any, counted: dict[str, int]) -> None:
    table = ""
    for line in stream:
        if table:
            if line == b"\\.\n":
                table = ""
            else:
                counted[table] += 1
        elif line.startswith(b"COPY "):
            table = line.split(b" ")[1].decode().replace('"', "")
            counted[table] = 0
