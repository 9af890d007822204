"""Ownership classes: whose a row is decides who may read it. Every table has one (docs: firewall)."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import DateTime, Dialect, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from .clock import now


class Ownership(StrEnum):
    OWNED = "owned"
    SHARED = "shared"
    LENT = "lent"
    REFERENCE = "reference"
    IDENTITY = "identity"
    AGGREGATE = "aggregate"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only and gives UTC back; a naive one raises ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


def new_id() -> uuid.UUID:
    """A random key: it tells nothing about order, number or organisation."""
    return uuid.uuid4()


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base. Text is unbounded ``text``; uuids are uuids; instants are ``timestamptz``."""

    metadata = MetaData(naming_convention=NAMING)
    __ownership__: ClassVar[Ownership]


Base.registry.update_type_annotation_map({str: Text(), uuid.UUID: Uuid(), datetime: UtcDateTime()})


class Owned:
    """One organisation's private row. The organisation leads the key, so no foreign row can be pointed at."""

    __ownership__: ClassVar[Ownership] = Ownership.OWNED

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Lent:
    """An organisation's row that readers named in a row beside it may see; the database alone decides who.

    No ``Owned``: the session's criteria for owned rows would hide it from its readers.
    """

    __ownership__: ClassVar[Ownership] = Ownership.LENT

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Shared:
    """A campaign's row: members read it, its author's organisation writes it.

    ``author_label`` is the name that partners see; it is no join to users, whom partners may not read.
    """

    __ownership__: ClassVar[Ownership] = Ownership.SHARED

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    author_label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Reference:
    """A public fact: all read it; importers write it."""

    __ownership__: ClassVar[Ownership] = Ownership.REFERENCE

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Aggregate:
    """A table of the counter's: definer functions write and read it, no login does."""

    __ownership__: ClassVar[Ownership] = Ownership.AGGREGATE
