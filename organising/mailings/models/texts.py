"""What an organisation has written for its letters: earlier texts of a mailing, templates, the signature."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.models.mailings import of_mailing
from organising.platform.db import Owned, db
from organising.platform.removal import Removable

TEMPLATE_NAME_LENGTH = 120
SIGNATURE_LENGTH = 1000


class MailingVersion(Owned, db.Model):
    """A mailing's subject and letter as somebody saved them, counted from 1. Append-only.

    ``of_number`` is the earlier version that was brought back. Nobody else's: those who sign off are asked about
    the text as it stands.
    """

    __tablename__ = "mailing_version"
    __table_args__ = (of_mailing(), UniqueConstraint("organisation_id", "mailing_id", "number"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    number: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    editor_label: Mapped[str]
    of_number: Mapped[int | None]


class MailingTemplate(Owned, Removable, db.Model):
    """A subject and letter to begin with. Removed ones can be put back."""

    __tablename__ = "mailing_template"
    __table_args__ = (
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {TEMPLATE_NAME_LENGTH}", name="name"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    author_label: Mapped[str]


class MailingSignature(Owned, db.Model):
    """How the organisation's letters are signed: one, written into letters as a field, and frozen with them."""

    __tablename__ = "mailing_signature"
    __table_args__ = (
        UniqueConstraint("organisation_id"),
        CheckConstraint(f"char_length(text) <= {SIGNATURE_LENGTH}", name="text"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    text: Mapped[str]
    editor_label: Mapped[str]
    updated_at: Mapped[datetime]
