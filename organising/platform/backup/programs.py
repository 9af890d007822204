"""PostgreSQL's own ``pg_dump`` and ``pg_restore``, and how they reach a database as its owner in maintenance."""

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from ..command import Refused
from ..embedded.postgres import find_programs
from ..roles import OWNER
from ..supervision import StartRefused


def find_program(name: str, server: int) -> str:
    """The program of the server's own major version, else the oldest newer one: an older one can't read the server."""
    found: dict[int, str] = {}
    for place in _places(name):
        version = _version(place)
        if version >= server:
            found.setdefault(version, place)
    if not found:
        raise Refused(
            f"{name} of PostgreSQL {server} or newer is not installed here: install postgresql-client-{server}"
        )
    return found[min(found)]


def server_version(owner_url: str) -> int:
    """The server's major version."""
    with create_engine(owner_url, poolclass=NullPool).connect() as connection:
        return int(connection.scalar(text("SHOW server_version_num"))) // 10_000


def access(owner_url: str) -> dict[str, str]:
    """The environment in which PostgreSQL's programs reach the database; no password stands in a command line.

    In maintenance: without it row security hides every row, and a dump silently holds none.
    """
    url = make_url(owner_url)
    given = {
        "PGHOST": url.host or _text(url.query.get("host")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": _text(url.query.get("sslmode")),
        "PGSSLROOTCERT": _text(url.query.get("sslrootcert")),
        "PGOPTIONS": "-c app.maintenance=on",
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
    }
    return {name: value for name, value in given.items() if value}


def dump_arguments(owner_url: str, *options: str) -> list[str]:
    """``pg_dump`` of everything, as the owner, row security on as it is for the owner too."""
    program = find_program("pg_dump", server_version(owner_url))
    return [program, "--enable-row-security", f"--role={OWNER}", "--no-password", *options]


def _places(name: str) -> list[str]:
    found = [shutil.which(name) or ""]
    found += [str(place) for place in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    with contextlib.suppress(StartRefused):
        found.append(str(find_programs(None) / name))
    return [place for place in found if place and Path(place).exists()]


def _version(program: str) -> int:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        if numbers := re.search(r"(\d+)(\.\d+)?", told.stdout):
            return int(numbers[1])
    return 0


def _text(value: str | tuple[str, ...] | None) -> str:
    return value if isinstance(value, str) else value[0] if value else ""
