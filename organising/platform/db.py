"""The database as the domains see it: models, the session, and a look-up that tells nobody's secrets."""

from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from ..config import Settings
from .errors import NotFound
from .keys import derive
from .ownership import Aggregate, Base, Lent, Owned, Ownership, Reference, Shared, UtcDateTime, new_id
from .sealing import EXTENSION, Keyring
from .tenancy import KEY, TenantSession, context_of

__all__ = [
    "Aggregate",
    "Base",
    "Lent",
    "Owned",
    "Ownership",
    "Reference",
    "Shared",
    "UtcDateTime",
    "db",
    "find",
    "get_or_404",
    "init_database",
    "new_id",
]

db = SQLAlchemy(model_class=Base, session_options={"class_": TenantSession}, disable_autonaming=True)
Row = TypeVar("Row")


def init_database(app: Flask, settings: Settings) -> None:
    """Connect the application as the runtime login, which owns nothing and bypasses nothing."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        # An error goes to the log; the values of its statement are names and addresses.
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 5,
        # No statement is kept prepared in a connection: injected SQL could put its own under that name, and be handed
        # the next user's signed context.
        "connect_args": {"application_name": "organising", "connect_timeout": 5, "prepare_threshold": None},
    }
    app.extensions[KEY] = derive(settings.installation_key, "context")
    app.extensions[EXTENSION] = Keyring(settings.installation_key)
    db.init_app(app)


def change_rows(statement: Any) -> int:
    """Carry out an UPDATE, DELETE or INSERT in the database alone, which loaded rows do not follow; answers how many rows."""
    changed: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(changed.rowcount)


def find(model: type[Row], row_id: UUID) -> Row | None:
    """The row with this id that the session's context may see, or ``None``."""
    statement = select(model).where(_id(model) == row_id)
    if issubclass(model, Owned):
        statement = statement.where(model.organisation_id == context_of(db.session()).organisation_id)
    return db.session.scalars(statement).one_or_none()


def get_or_404(model: type[Row], row_id: UUID) -> Row:
    """The row with this id; raises :class:`NotFound` alike for another organisation's and for none at all."""
    row = find(model, row_id)
    if row is None:
        raise NotFound
    return row


def _id(model: Any) -> Any:
    return model.id
