"""Restoring a backup into an empty database, as its owner; and rehearsing that in a database made for it."""

import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ..command import Refused
from ..installation import Installation
from ..migrations import head, maintenance, upgrade
from ..roles import COUNTER, OWNER, PUBLIC, RUNTIME, roles_ready
from .container import DUMP, FILES, MANIFEST, Reader
from .making import compare, count_rows
from .programs import access, find_program, server_version
from .records import Run, RunKind, note_run

SCHEMAS = ("app", "vault", "counting")


@dataclass(frozen=True)
class Restored:
    """What came back. ``erased``: people erased after the backup, erased again; ``None`` where nobody could say."""

    made_at: datetime
    tables: int
    rows: int
    seconds: float
    revision: str
    upgraded: bool
    files: int = 0
    erased: int | None = None


def restore_backup(
    installation: Installation,
    path: Path,
    files: Path | None,
    say: Callable[[str], None] = lambda words: None,
) -> Restored:
    """Restore into the installation's database, which must be empty. Raises :class:`Refused` before anything is written."""
    _refuse_unless_empty(installation.owner_url)
    restored = _restore(installation, path, files, say)
    with maintenance(installation.owner_url) as connection:
        note_run(
            connection,
            Run(RunKind.RESTORE, restored.made_at, restored.rows, path.stat().st_size, restored.seconds),
        )
    return restored


def rehearse(
    installation: Installation, path: Path, say: Callable[[str], None] = lambda words: None
) -> Restored:
    """Restore into a database made for it, count, drop it, and write down in the live one that it can be done."""
    with _scratch(installation.owner_url) as url:
        restored = _restore(replace(installation, owner_url=url), path, None, say)
    with maintenance(installation.owner_url) as connection:
        note_run(
            connection,
            Run(RunKind.REHEARSAL, restored.made_at, restored.rows, path.stat().st_size, restored.seconds),
        )
    return restored


def _restore(
    installation: Installation, path: Path, files: Path | None, say: Callable[[str], None]
) -> Restored:
    began = time.monotonic()
    with tempfile.TemporaryFile() as archive, tempfile.TemporaryFile() as plain:
        manifest, made_at, has_files = _decrypt(installation, path, archive, plain)
        rows = sum(manifest["rows"].values())
        say(
            f"Restoring {rows} rows of {len(manifest['rows'])} tables, as they were at {made_at:%Y-%m-%d %H:%M} UTC."
        )
        _load(installation.owner_url, archive)
        with maintenance(installation.owner_url) as connection:
            compare(manifest["rows"], count_rows(connection), "what was restored")
        count = _unpack(plain, files) if has_files and files is not None else 0
    # The key that verifies contexts is put in place by the way.
    upgrade(installation.owner_url, installation.installation_key)
    revision = head()
    return Restored(
        made_at,
        len(manifest["rows"]),
        rows,
        time.monotonic() - began,
        revision,
        manifest["revision"] != revision,
        count,
    )


def _decrypt(
    installation: Installation, path: Path, archive: Any, plain: Any
) -> tuple[dict[str, Any], datetime, bool]:
    """The dump goes to a file that has no name: it lies encrypted in the backup, and nowhere else for longer than this."""
    manifest: dict[str, Any] = {}
    has_files = False
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    with stream:
        reader = Reader(stream, installation.installation_key)
        for kind, piece in reader.pieces():
            if kind == MANIFEST:
                manifest = json.loads(piece)
            elif kind == DUMP:
                archive.write(piece)
            elif kind == FILES:
                has_files = True
                plain.write(piece)
    archive.flush()
    archive.seek(0)
    plain.seek(0)
    return manifest, reader.made_at, has_files


def _load(owner_url: str, archive: Any) -> None:
    program = find_program("pg_restore", server_version(owner_url))
    listed = subprocess.run([program, "--list"], stdin=archive, capture_output=True, check=False)  # noqa: S603
    if listed.returncode:
        raise Refused("the dump within the backup can't be read")
    kept = [line for line in listed.stdout.decode().splitlines() if not _is_made_before(line)]
    # The counter gets its functions from the owner, for which it needs to create in their schema as long as that takes.
    with maintenance(owner_url) as connection:
        for schema in SCHEMAS:
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.exec_driver_sql(f"GRANT CREATE, USAGE ON SCHEMA {schema} TO {COUNTER}")
    with tempfile.NamedTemporaryFile("w", suffix=".list") as contents:
        contents.write("\n".join(kept) + "\n")
        contents.flush()
        archive.seek(0)
        os.lseek(archive.fileno(), 0, os.SEEK_SET)
        done = subprocess.run(  # noqa: S603
            [
                program, "--exit-on-error", "--no-password", f"--role={OWNER}", f"--use-list={contents.name}",
                f"--dbname={make_url(owner_url).database}",
            ],
            stdin=archive, capture_output=True, check=False, env=access(owner_url),
        )  # fmt: skip
    if done.returncode:
        lines = [one for one in done.stderr.decode(errors="replace").splitlines() if "error" in one] or [
            "no reason given"
        ]
        raise Refused(f"pg_restore failed: {lines[0]}")
    with maintenance(owner_url) as connection:
        for schema in SCHEMAS:
            connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM {COUNTER}")
        # Rights of schemas are of what was made before.
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public, app TO {RUNTIME}, {PUBLIC}, {COUNTER}")
        connection.exec_driver_sql(
            f"REVOKE USAGE ON SCHEMA app FROM {COUNTER}; GRANT USAGE ON SCHEMA app TO {COUNTER}"
        )


def _is_made_before(line: str) -> bool:
    """Schemas and what is said of ``public`` are the empty database's own."""
    words = line.split(";", 1)[-1].split()[2:]
    return (
        words[:1] == ["SCHEMA"]
        or (words[:2] == ["ACL", "-"] and words[2:4] == ["SCHEMA", "public"])
        or (words[:2] == ["COMMENT", "-"] and words[2:3] == ["SCHEMA"])
    )


def _refuse_unless_empty(owner_url: str) -> None:
    if not roles_ready(owner_url):
        raise Refused(
            "the database's roles are missing: run `organising database prepare --admin-url …` once"
        )
    with maintenance(owner_url) as connection:
        found = connection.scalars(
            text(
                "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relkind = 'r' AND n.nspname IN ('public', 'app', 'vault', 'counting') LIMIT 1"
            )
        ).one_or_none()
    if found:
        raise Refused(
            f"the database {make_url(owner_url).database} is not empty (there is {found}): restore into a fresh one"
        )


@contextmanager
def _scratch(owner_url: str) -> Iterator[str]:
    name = f"organising_rehearsal_{secrets.token_hex(4)}"
    url = make_url(owner_url).set(database=name).render_as_string(hide_password=False)
    with _outside(owner_url) as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.execute(text(f"SET ROLE {OWNER}"))
            connection.execute(text("SET ROLE pg_database_owner"))
            connection.execute(text(f"GRANT ALL ON SCHEMA public TO {OWNER}"))
        yield url
    finally:
        _drop(owner_url, name)


@contextmanager
def _outside(owner_url: str) -> Iterator[Connection]:
    engine = create_engine(owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {OWNER}")
        yield connection


def _drop(owner_url: str, name: str) -> None:
    """Not by force: the owner may not end a worker of autovacuum, which PostgreSQL ends by itself otherwise."""
    for patience in reversed(range(6)):
        try:
            with _outside(owner_url) as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        except DBAPIError:
            if not patience:
                raise
        else:
            return


def _unpack(plain: Any, files: Path) -> int:
    import tarfile

    with tarfile.open(fileobj=plain, mode="r|") as archive:
        names = []
        for member in archive:
            member.name = member.name.partition("/")[2]
            if member.name:
                archive.extract(member, files, filter="data")
                names.append(member.name)
    return len(names)
