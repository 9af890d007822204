"""Alive and ready: what a balancer and the supervisor ask."""

from dataclasses import dataclass

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..platform.db import db
from ..platform.migrations import head
from ..platform.queue import get_redis


@dataclass(frozen=True)
class Readiness:
    """Each part and ``"ok"`` or what is wrong with it, in words without secrets."""

    parts: dict[str, str]

    @property
    def is_ready(self) -> bool:
        return all(answer == "ok" for answer in self.parts.values())


def check_readiness() -> Readiness:
    """Ask the database, the queue and the schema's revision."""
    parts = {"database": "ok", "queue": "ok", "migrations": "unknown"}
    try:
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        wanted = _head()
        parts["migrations"] = (
            "ok" if revision == wanted else f"the schema is at {revision}, this code needs {wanted}"
        )
    except SQLAlchemyError as error:
        db.session.rollback()
        parts["database"] = type(error).__name__
    try:
        get_redis().ping()
    except RedisError as error:
        parts["queue"] = type(error).__name__
    return Readiness(parts)


def _head() -> str:
    # Reading the migrations' folder takes milliseconds, and it doesn't change under a running process.
    known = current_app.extensions.get("organising.head")
    if known is None:
        known = current_app.extensions["organising.head"] = head()
    return str(known)
