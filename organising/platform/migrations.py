"""Migrations: run as the owner, in one transaction, in maintenance; then the context's key is put in place."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from .context import hmac_pads
from .keys import derive
from .places import shipped
from .roles import OWNER

# Two starts at once on one database must not both migrate.
LOCK = 7_310_220_604


@contextmanager
def maintenance(owner_url: str) -> Iterator[Connection]:
    """A transaction as ``organising_owner`` in which the maintenance policy shows every row; committed at the end."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET ROLE {OWNER}")
        connection.exec_driver_sql("SELECT set_config('app.maintenance', 'on', true)")
        yield connection


def upgrade(owner_url: str, installation_key: bytes, revision: str = "head") -> None:
    """Bring the schema up to ``revision`` and install the key that verifies contexts. Idempotent."""
    with maintenance(owner_url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(connection), revision)
        if connection.scalar(text("SELECT to_regclass('vault.context_key')")) is not None:
            install_context_key(connection, installation_key)


def downgrade(owner_url: str, revision: str) -> None:
    """Take the schema down to ``revision`` (``base`` for nothing). Rows of what goes are lost."""
    with maintenance(owner_url) as connection:
        command.downgrade(_config(connection), revision)


def head() -> str:
    """The revision that this code needs."""
    found = ScriptDirectory(str(shipped("migrations"))).get_current_head()
    assert found is not None
    return found


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def install_context_key(connection: Connection, installation_key: bytes) -> None:
    """Put in place the key that verifies contexts; one of another installation key goes."""
    inner, outer = hmac_pads(derive(installation_key, "context"))
    connection.execute(text("DELETE FROM vault.context_key WHERE inner_pad <> :inner"), {"inner": inner})
    connection.execute(
        text(
            "INSERT INTO vault.context_key (id, inner_pad, outer_pad) SELECT 1, :inner, :outer "
            "WHERE NOT EXISTS (SELECT FROM vault.context_key WHERE inner_pad = :inner)"
        ),
        {"inner": inner, "outer": outer},
    )
