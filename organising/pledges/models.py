"""Drives and their wordings, signatures and consents; and the counter's own tables, which no login reads."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ..platform.checks import one_of
from ..platform.clock import now
from ..platform.confirmation import AwaitsConfirmation
from ..platform.db import Aggregate, Owned, Shared, db
from ..platform.sealing import Sealed


class DriveStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class PledgeState(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    INVALIDATED = "invalidated"


class Part(StrEnum):
    """How an organisation came by a signature: through its own link, or because the signer ticked its box."""

    COLLECTED = "collected"
    SHARED = "shared_with_consent"


class Sector(StrEnum):
    EDUCATION = "education"
    HEALTH = "health"
    POLICE = "police"
    LOCAL_AUTHORITY = "local_authority"
    JOBCENTRE = "jobcentre"
    OTHER = "other"
    NOT_PUBLIC = "not_public"


class Channel(StrEnum):
    WEB = "web"
    EMBED = "embed"
    PAPER = "paper"
    EVENT = "event"
    IMPORT = "import"


class Purpose(StrEnum):
    """What a consent is for: to be kept as a signer (special-category data), or to be written to."""

    PLEDGE = "pledge"
    UPDATES = "updates"


def _member_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


class PledgeDrive(Shared, db.Model):
    """One pledge that people are asked to sign. Open and closed drives are public; wordings are kept for ever."""

    __tablename__ = "pledge_drive"
    __table_args__: Any = (
        UniqueConstraint("campaign_id", "id"),
        _member_key(),
        one_of("status", DriveStatus),
        CheckConstraint("goal > 0", name="goal"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    standfirst: Mapped[str]
    status: Mapped[str] = mapped_column(default=DriveStatus.DRAFT)
    goal: Mapped[int | None]
    wording_version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]

    def open(self, at: datetime) -> bool:
        """Let people sign (again); returns whether that changed anything. An archived drive stays archived."""
        if self.status not in (DriveStatus.DRAFT, DriveStatus.CLOSED):
            return False
        self.status, self.opened_at, self.closed_at = DriveStatus.OPEN, self.opened_at or at, None
        return True

    def close(self, at: datetime) -> bool:
        """Take no more signatures; given ones may still be confirmed. Returns whether that changed anything."""
        if self.status != DriveStatus.OPEN:
            return False
        self.status, self.closed_at = DriveStatus.CLOSED, at
        return True

    def archive(self, at: datetime) -> bool:
        """End a closed or never opened drive for good; returns whether that changed anything."""
        if self.status not in (DriveStatus.CLOSED, DriveStatus.DRAFT):
            return False
        self.status, self.archived_at = DriveStatus.ARCHIVED, at
        return True


class PledgeWording(Shared, db.Model):
    """One version of a drive's wording, as it was signed. Append-only."""

    __tablename__ = "pledge_wording"
    __table_args__: Any = (
        UniqueConstraint("drive_id", "version"),
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        _member_key(),
    )

    drive_id: Mapped[UUID]
    version: Mapped[int]
    wording: Mapped[str]


class Pledge(AwaitsConfirmation, db.Model):
    """One organisation's own copy of one signature. A signing that ticks another's box has two rows, one signing id.

    The keys are hashes under the drive's key: they count a person once and name nobody. The database empties
    every personal column when the state becomes withdrawn or erased.
    """

    __tablename__ = "pledge"
    __table_args__: Any = (
        UniqueConstraint("signing_id", "organisation_id"),
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        _member_key(),
        one_of("part", Part),
        one_of("state", PledgeState),
        one_of("sector", Sector),
        one_of("channel", Channel),
        CheckConstraint("(state IN ('withdrawn', 'erased')) = (person_key IS NULL)", name="person_key"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
        Index(
            "uq_pledge_signing_collected",
            "signing_id",
            unique=True,
            postgresql_where=text("part = 'collected'"),
        ),
        Index(None, "organisation_id", "drive_id", "created_at", "id"),
        Index(None, "organisation_id", "drive_id", "person_key"),
        Index(None, "organisation_id", "email_key"),
        Index(None, "organisation_id", "name_folded"),
        Index(None, "organisation_id", "name_by_last"),
        Index(
            "ix_pledge_unsent",
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text("state = 'pending' AND confirmation_sent_at IS NULL"),
        ),
    )

    campaign_id: Mapped[UUID]
    drive_id: Mapped[UUID]
    signing_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(default=Part.COLLECTED)
    state: Mapped[str] = mapped_column(default=PledgeState.PENDING)
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    wording_version: Mapped[int]
    name: Mapped[str | None]
    name_folded: Mapped[str | None]
    name_by_last: Mapped[str | None]
    email_cipher: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    postcode: Mapped[str | None]
    sector: Mapped[str | None]
    job: Mapped[str | None]
    workplace: Mapped[str | None]
    constituency_code: Mapped[str | None]
    person_key: Mapped[bytes | None]
    name_key: Mapped[bytes | None]
    postcode_key: Mapped[bytes | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    details_removed_at: Mapped[datetime | None]

    email = Sealed("email_cipher")

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        # A copy shared with consent was confirmed with the one it was made from.
        return and_(cls.state == PledgeState.PENDING, cls.part == Part.COLLECTED)


class PledgeConsent(Owned, db.Model):
    """What a signer agreed to, in the words they saw, for one organisation. "Not asked" has no row."""

    __tablename__ = "pledge_consent"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
        Index(None, "organisation_id", "pledge_id"),
        one_of("purpose", Purpose),
    )

    pledge_id: Mapped[UUID]
    signing_id: Mapped[UUID] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(default="email")
    purpose: Mapped[str]
    wording: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Ballot(Aggregate, db.Model):
    """±1 for a signature that began or ceased to stand. ``counts`` is false for a copy shared with consent."""

    __tablename__ = "ballot"
    __table_args__: Any = (
        Index(None, "drive_id", "tx"),
        Index(None, "drive_id", "person_key"),
        {"schema": "counting"},
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    drive_id: Mapped[UUID]
    pledge_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    delta: Mapped[int] = mapped_column(SmallInteger)
    counts: Mapped[bool]
    person_key: Mapped[bytes]
    name_key: Mapped[bytes]
    postcode_key: Mapped[bytes]
    sector: Mapped[str]
    day: Mapped[date]


class _OfDrive(Aggregate):
    drive_id: Mapped[UUID] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return {"schema": "counting"}


class Counted(_OfDrive, db.Model):
    """The people counted: slot 1, and slot 2 for a household's second name. Each is counted for one organisation."""

    __tablename__ = "counted"

    person_key: Mapped[bytes] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    pledge_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    sector: Mapped[str]
    day: Mapped[date]


class Tally(_OfDrive, db.Model):
    """The exact tally by ``all``, ``sector``, ``organisation`` and ``day``."""

    __tablename__ = "tally"

    dimension: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class Known(_OfDrive, db.Model):
    """What an organisation can itself see of each cell: its own rows, shared ones too. It could subtract these."""

    __tablename__ = "known"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class Shown(_OfDrive, db.Model):
    """The total last shown to partners, with each one's own part then: the next waits for ten others."""

    __tablename__ = "shown"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
    own: Mapped[int] = mapped_column(BigInteger)


class CountedUpTo(_OfDrive, db.Model):
    """The first transaction that a drive's tally has not yet counted."""

    __tablename__ = "cursor"

    upto: Mapped[int] = mapped_column(BigInteger)


class DriveKey(Aggregate, db.Model):
    """A drive's key, wrapped by the installation's. Gone when the drive is archived."""

    __tablename__ = "drive_key"
    __table_args__: Any = ({"schema": "vault"},)

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class TallyPublished(Aggregate, db.Model):
    """The tally as shown: the public's cells rounded, the coalition's safe against subtraction. ``n`` NULL: not shown.

    The counter alone writes it. Everyone reads the audience ``public``, members of the campaign ``coalition`` too.
    """

    __tablename__ = "tally_published"

    drive_id: Mapped[UUID] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    n: Mapped[int | None] = mapped_column(BigInteger)
    as_of: Mapped[datetime]
