"""The ledger of erasures: keyed hashes and row ids, so that an erasure can be repeated on a restored backup. It names nobody."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .db import Owned, db
from .sealing import blind_index


def _of_erasure() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "erasure_id"], ["erasure.organisation_id", "erasure.id"], ondelete="CASCADE"
    )


class Erasure(Owned, db.Model):
    """One person was erased. ``counts``: rows taken away by table. ``kept_at``: when it was written beside the database."""

    __tablename__ = "erasure"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("number > 0", name="number"),
        Index(
            "ix_erasure_unkept",
            "organisation_id",
            "created_at",
            postgresql_where=text("kept_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    number: Mapped[int]
    author_label: Mapped[str]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    kept_at: Mapped[datetime | None]


class ErasedRow(Owned, db.Model):
    """A row that was about them; what is to be taken away again where a backup brings it back. No foreign key: it is gone."""

    __tablename__ = "erased_row"
    __table_args__: Any = (
        _of_erasure(),
        UniqueConstraint("organisation_id", "erasure_id", "holding", "table_name", "row_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    erasure_id: Mapped[UUID]
    holding: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[UUID]


class ErasedKey(Owned, db.Model):
    """A keyed hash of an address, a number, or a name at a postcode: it recognises who was erased, and tells nobody who."""

    __tablename__ = "erased_key"
    __table_args__: Any = (
        _of_erasure(),
        CheckConstraint("kind IN ('email', 'phone', 'name')", name="kind"),
        CheckConstraint("kind = 'email' OR address_hash IS NULL", name="address_hash"),
        UniqueConstraint("organisation_id", "erasure_id", "key"),
        Index(None, "organisation_id", "key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    erasure_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[bytes]
    # Of an address: by which it is not written to, whatever stands after a plus.
    address_hash: Mapped[bytes | None]


def name_key(organisation_id: UUID, folded_name: str, postcode: str) -> bytes:
    """The keyed hash of a folded name at a postcode."""
    return blind_index(organisation_id, "erased name", f"{folded_name}|{postcode.replace(' ', '').upper()}")


def keys_of_somebody(
    organisation_id: UUID, keys: Collection[bytes], folded_name: str, postcodes: Collection[str]
) -> set[bytes]:
    """All by which the ledger could know somebody: keys of addresses and numbers, and the name at each postcode."""
    return set(keys) | {name_key(organisation_id, folded_name, one) for one in postcodes}


def erased_on(organisation_id: UUID, keys: Collection[bytes]) -> Mapping[bytes, datetime]:
    """Those of the keys whose person was erased, with the latest moment of it."""
    if not keys:
        return {}
    statement = (
        select(ErasedKey.key, func.max(ErasedKey.created_at))
        .where(ErasedKey.organisation_id == organisation_id, ErasedKey.key.in_(list(keys)))
        .group_by(ErasedKey.key)
    )
    return {bytes(key): at for key, at in db.session.execute(statement)}
