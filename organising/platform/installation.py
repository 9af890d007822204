"""The installation as whoever runs it reaches it: as the owner, over the configured database or the embedded one."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

from ..config import SettingsError, normalise_database_url, read_installation_key
from .command import Refused, environment
from .embedded import ADMIN, LOGIN, OWNER, DataDirectory, EmbeddedPostgres
from .roles import prepare_database
from .supervision import StartRefused

SECRETS = "secrets.json"
# Nothing is sent or rung while only the database runs.
STOPPED = {
    "ORGANISING_MODE": "production",
    "REDIS_URL": "redis://127.0.0.1:1",
    "SMTP_URL": "smtp://127.0.0.1:1",
    "PUBLIC_URL": "http://localhost",
}


@dataclass(frozen=True)
class Installation:
    """Addresses and key. ``data_dir`` where the database is the embedded one, whose secrets lie there; ``settings``: with
    which the product can be made over it while it is stopped.
    """

    owner_url: str
    login: str
    installation_key: bytes
    data_dir: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """The database's name."""
        return make_url(self.owner_url).database or ""


@contextmanager
def opened(environ: Mapping[str, str] = os.environ, *, fresh: bool = False) -> Iterator[Installation]:
    """The configured installation, the one that ``organising up`` runs, or the stopped one, whose database then runs so long.

    ``fresh``: where there is none, its directory and an empty database are made, under ORGANISING_INSTALLATION_KEY.
    """
    found = environment(environ)
    place = Path(environ.get("ORGANISING_DATA_DIR") or "var")
    if environ.get("DATABASE_OWNER_URL"):
        try:
            owner_url = normalise_database_url(environ["DATABASE_OWNER_URL"])
        except ValueError as error:
            raise SettingsError("DATABASE_OWNER_URL", str(error)) from None
        yield Installation(owner_url, _login(found), read_installation_key(found))
    elif environ.get("DATABASE_URL"):
        raise SettingsError("DATABASE_OWNER_URL", "missing; this is done as the owner")
    elif found.get("DATABASE_URL"):
        secrets = json.loads((place / SECRETS).read_text(encoding="utf-8"))
        url = make_url(normalise_database_url(found["DATABASE_URL"]))
        owner = url.set(username=OWNER, password=secrets[f"{OWNER}_password"])
        yield Installation(
            owner.render_as_string(hide_password=False),
            _login(found),
            read_installation_key(found),
            place,
        )
    elif (place / "postgres").exists():
        with _stopped(place) as installation:
            yield installation
    elif fresh and environ.get("ORGANISING_DATA_DIR") and environ.get("ORGANISING_INSTALLATION_KEY"):
        read_installation_key(environ)
        with _stopped(place, environ["ORGANISING_INSTALLATION_KEY"]) as installation:
            yield installation
    else:
        raise Refused(
            "no installation: set DATABASE_OWNER_URL, or ORGANISING_DATA_DIR to the directory of `organising up`"
        )


@contextmanager
def _stopped(place: Path, fresh_key: str = "") -> Iterator[Installation]:
    try:
        with DataDirectory(place) as directory:
            if fresh_key:
                write_secrets(place, directory.secrets | {"installation_key": fresh_key})
                directory.secrets["installation_key"] = fresh_key
            postgres = EmbeddedPostgres(directory)
            with postgres.running():
                if postgres.create_database("organising"):
                    passwords = (directory.secrets[f"{name}_password"] for name in (OWNER, LOGIN))
                    prepare_database(postgres.url(ADMIN), *passwords)
                key = {"ORGANISING_INSTALLATION_KEY": directory.secrets["installation_key"]}
                login = make_url(postgres.url()).username or ""
                settings = (
                    STOPPED
                    | key
                    | {"DATABASE_URL": postgres.url(), "SECRET_KEY": directory.secrets["secret_key"]}
                    | {"ORGANISING_DATA_DIR": str(place)}
                )
                yield Installation(postgres.url(OWNER), login, read_installation_key(key), place, settings)
    except StartRefused as error:
        raise Refused(str(error)) from None


def write_secrets(place: Path, secrets: Mapping[str, str]) -> None:
    """Replace the embedded installation's secrets, whole or not at all."""
    fresh = place / f".{SECRETS}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(dict(secrets), indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place / SECRETS)


def _login(environ: Mapping[str, str]) -> str:
    return (
        make_url(normalise_database_url(environ["DATABASE_URL"])).username or ""
        if environ.get("DATABASE_URL")
        else ""
    )
