"""Databases for tests: one template, migrated once; a clone of it for each test."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from organising.config import normalise_database_url
from organising.platform.embedded import OWNER, EmbeddedPostgres, EmbeddedValkey, temporary_data_directory
from organising.platform.migrations import upgrade
from organising.platform.roles import prepare_database, roles_exist


@dataclass
class Databases:
    """URLs of the servers: ``owner_url`` may create databases, ``login_url`` is the product's own."""

    owner_url: str
    login_url: str
    redis_url: str
    template: str

    @contextmanager
    def fresh(self, template: str | None = None) -> Iterator[str]:
        """A database of its own for one test, dropped after it. Yields the login's URL."""
        name = f"test_{secrets.token_hex(6)}"
        # Copying files takes half the time of writing every block to the log.
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or self.template}" STRATEGY FILE_COPY')
        try:
            yield with_database(self.login_url, name)
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Drop a database. A login that is just leaving can't be ended by the owner, so it may take a moment.

        Nor can a worker of autovacuum be ended by force; without force PostgreSQL ends those itself, and only those.
        """
        for patience in range(20):
            force = " WITH (FORCE)" if patience % 2 == 0 else ""
            try:
                self.execute(f'DROP DATABASE IF EXISTS "{name}"{force}')
            except (OperationalError, ProgrammingError):
                if patience == 19:
                    raise
                time.sleep(0.05)
            else:
                return

    def owner_of(self, login_url: str) -> str:
        """The owner's URL for the database that a login's URL names."""
        return with_database(self.owner_url, make_url(login_url).database or "")

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, as the owner."""
        engine = create_engine(self.owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))


def with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def open_databases(installation_key: bytes, *, durable: bool = False) -> Iterator[Databases]:
    """Start what is not configured, and migrate a template once. ``durable``: commits wait for the disk, as in use."""
    with ExitStack() as stack:
        opened = _configured() if os.environ.get("DATABASE_URL") else _embedded(stack, durable)
        if not opened.redis_url:
            valkey = stack.enter_context(
                EmbeddedValkey(stack.enter_context(temporary_data_directory())).running()
            )
            opened.redis_url = valkey.url()
        opened.template = f"template_{secrets.token_hex(6)}"
        opened.execute(f'CREATE DATABASE "{opened.template}"')
        stack.callback(opened.drop, opened.template)
        _open_public_schema(with_database(opened.owner_url, opened.template))
        upgrade(with_database(opened.owner_url, opened.template), installation_key)
        yield opened


def _open_public_schema(url: str) -> None:
    """What `database prepare` gives the owner; before PostgreSQL 16 one that inherits nothing lacks it in its own database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET ROLE pg_database_owner"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO organising_owner"))


def _embedded(stack: ExitStack, durable: bool) -> Databases:
    data_directory = stack.enter_context(temporary_data_directory())
    postgres = EmbeddedPostgres(data_directory, durable=durable)
    stack.enter_context(postgres.running())
    passwords = data_directory.secrets
    prepare_database(
        postgres.url("postgres", "postgres"),
        passwords["organising_owner_password"],
        passwords["organising_login_password"],
    )
    return Databases(postgres.url(OWNER, "postgres"), postgres.url(database="postgres"), _redis(), "")


def _configured() -> Databases:
    owner = os.environ.get("DATABASE_OWNER_URL")
    if not owner:
        raise RuntimeError(
            "DATABASE_URL is set: tests also need DATABASE_OWNER_URL, a login that may create databases"
        )
    owner_url, login_url = normalise_database_url(owner), normalise_database_url(os.environ["DATABASE_URL"])
    # Tests make databases of their own, so what the roles may do in the named one is nobody's concern.
    if not roles_exist(owner_url):
        login, user = make_url(login_url), make_url(owner_url).username
        prepare_database(
            owner_url, None, str(login.password or ""), login=login.username or "", owner=user or ""
        )
    return Databases(owner_url, login_url, _redis(), "")


def _redis() -> str:
    """A Redis database that is the tests' own: they empty it. Parallel test processes take one each."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return ""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
    return urlsplit(url)._replace(path=f"/{8 + worker % 8}").geturl() if not url.startswith("unix") else url
