"""Addresses that one organisation must not write to. They outlive the person's own rows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Owned, db


class SuppressedFor(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    ERASED = "erased"


class Suppression(Owned, db.Model):
    """An address not to be written to by this organisation, unless its holder has agreed again since.

    ``address_hash`` is keyed with the installation's key and compares mailboxes, whatever is written after a plus;
    ``email_key`` is the organisation's own blind index, by which its rows are found. Neither can be read back.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        one_of("reason", SuppressedFor),
        UniqueConstraint("organisation_id", "address_hash", "reason"),
        Index(None, "organisation_id", "email_key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    address_hash: Mapped[bytes]
    email_key: Mapped[bytes]
    reason: Mapped[str]
    suppressed_at: Mapped[datetime] = mapped_column(default=now)
