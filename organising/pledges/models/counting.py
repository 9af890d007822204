"""The counter's own tables, which no login reads, and the tally as it publishes it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ...platform.clock import now
from ...platform.db import Aggregate, db


class Kind(StrEnum):
    """How a signature was made sure of: by its owner's email, or by who saw it signed. Counted apart."""

    CONFIRMED = "confirmed"
    WITNESSED = "witnessed"


class _Facts:
    """What a person is counted by, as last said in the signature that counts."""

    sector: Mapped[str]
    day: Mapped[date]
    constituency: Mapped[str]
    channel: Mapped[str]
    unit: Mapped[str]


class Ballot(_Facts, Aggregate, db.Model):
    """±1 for a signature that began or ceased to stand. Insert-only. A copy shared with consent casts none."""

    __tablename__ = "ballot"
    __table_args__: Any = (
        Index(None, "drive_id", "tx"),
        Index(None, "drive_id", "person_key"),
        Index("ix_ballot_witnessed", "drive_id", "witness_key", postgresql_where=text("kind = 'witnessed'")),
        {"schema": "counting"},
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    drive_id: Mapped[UUID]
    pledge_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    delta: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    person_key: Mapped[bytes | None]
    name_key: Mapped[bytes | None]
    postcode_key: Mapped[bytes | None]
    witness_key: Mapped[bytes | None]


class _OfDrive(Aggregate):
    drive_id: Mapped[UUID] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return {"schema": "counting"}


class Counted(_Facts, _OfDrive, db.Model):
    """The people counted, each for one organisation. ``person``: the person's key, or the witness key where witnessed.

    Slot 1, and slot 2 for a household's second name.
    """

    __tablename__ = "counted"
    __table_args__: Any = (Index(None, "drive_id", "witness_key"), {"schema": "counting"})

    kind: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[bytes] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    pledge_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    witness_key: Mapped[bytes | None]


class _Cell(_OfDrive):
    kind: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class Tally(_Cell, db.Model):
    """The exact tally of each organisation: ``all``, ``sector``, ``day``, ``constituency``, ``channel``, ``unit``. Nobody reads it."""

    __tablename__ = "tally"


class Shown(_Cell, db.Model):
    """An organisation's part in what is published, in full tens, since its last step."""

    __tablename__ = "shown"


class CountedUpTo(_OfDrive, db.Model):
    """The first transaction that a drive's tally has not yet counted."""

    __tablename__ = "cursor"

    upto: Mapped[int] = mapped_column(BigInteger)


class TallyCheck(Aggregate, db.Model):
    """When a drive's tally was last compared with a recount, and when it last had to be repaired. Partners read it."""

    __tablename__ = "tally_check"

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    checked_at: Mapped[datetime]
    repaired_at: Mapped[datetime | None]


class TallyFrozen(Aggregate, db.Model):
    """What the public read on one day, kept for funders: ``figures`` are ``[kind, dimension, cell, n]``. For everyone."""

    __tablename__ = "tally_frozen"

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    author_label: Mapped[str]
    as_of: Mapped[datetime]
    figures: Mapped[list[list[Any]]] = mapped_column(JSONB)


class DriveKey(Aggregate, db.Model):
    """A drive's key, wrapped by the installation's. Gone when the drive is archived."""

    __tablename__ = "drive_key"
    __table_args__: Any = ({"schema": "vault"},)

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class TallyPublished(Aggregate, db.Model):
    """The tally as shown: sums of organisations' full tens. A cell under ten has no row, so that none and few look alike.

    The counter alone writes it. Everyone reads the audience ``public``, members of the campaign ``coalition`` too.
    The row ``all`` is always there once a drive was published: ``n`` is empty while no organisation has ten.
    """

    __tablename__ = "tally_published"

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    n: Mapped[int | None] = mapped_column(BigInteger)
    as_of: Mapped[datetime]
