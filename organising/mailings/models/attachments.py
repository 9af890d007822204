"""Files that go with a mailing's letters."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.models.mailings import of_mailing
from organising.platform.checks import one_of
from organising.platform.db import Lent, db

MOST_BYTES = 2 * 2**20
MOST_BYTES_TOGETHER = 5 * 2**20


class FileKind(StrEnum):
    """What may go with a letter, as told by the content."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


class MailingAttachment(Lent, db.Model):
    """One file. ``name`` is ASCII and harmless, ``digest`` the SHA-256 of ``content``, which approval binds."""

    __tablename__ = "mailing_attachment"
    __table_args__ = (
        of_mailing(),
        one_of("kind", FileKind),
        CheckConstraint(f"octet_length(content) BETWEEN 1 AND {MOST_BYTES}", name="size"),
        UniqueConstraint("organisation_id", "mailing_id", "digest"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
