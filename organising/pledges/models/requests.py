"""What a signer asks for afterwards by mail: the link once more, or another address. Each row goes within days."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.db import Owned, db
from ...platform.sealing import Sealed
from .drives import member_key


def _in_which() -> CheckConstraint:
    # None: English.
    return CheckConstraint("language IN ('cy', 'es', 'pt')", name="language")


class MailRequest(Owned, db.Model):
    """Somebody typed an address and asked for the mail again. Only its blind index is kept: it may belong to nobody here."""

    __tablename__ = "pledge_mail_request"
    __table_args__: Any = (
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        member_key(),
        _in_which(),
        Index(None, "organisation_id", "drive_id", "email_key"),
    )

    campaign_id: Mapped[UUID]
    drive_id: Mapped[UUID]
    email_key: Mapped[bytes]
    language: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    refusal_code: Mapped[int | None] = mapped_column(SmallInteger)


class AddressChange(Owned, db.Model):
    """Another address that a signer named: it holds once its own mail was answered by a press, and not before."""

    __tablename__ = "pledge_address_change"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
        _in_which(),
    )

    pledge_id: Mapped[UUID]
    signing_id: Mapped[UUID] = mapped_column(unique=True)
    email_cipher: Mapped[bytes]
    language: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    refusal_code: Mapped[int | None] = mapped_column(SmallInteger)

    email = Sealed("email_cipher")
