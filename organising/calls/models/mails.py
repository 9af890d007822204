"""Mail to officers: a row for each officer and round, sent once by the platform's way for single mails."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.calls.models.calls import OFFICER, OWN_CALL
from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from organising.platform.db import db


class MailKind(StrEnum):
    """``ask``: the first mail to an officer. ``remind``: to one that was silent. ``off``: the call is called off."""

    ASK = "ask"
    REMIND = "remind"
    OFF = "off"


class CallMail(AwaitsConfirmation, db.Model):
    """One mail to one officer of one unit. ``batch_id``: what was pressed together and can be taken back together.

    ``confirmation_sent_at`` is committed before the last dot, ``accepted_at`` after the server's answer: a mail with the
    first and not the second may have left, and is shown as such.
    """

    __tablename__ = "call_mail"
    __table_args__: Any = (
        ForeignKeyConstraint(["organisation_id", "call_id"], OWN_CALL, ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["organisation_id", "call_unit_id"],
            ["call_unit.organisation_id", "call_unit.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["organisation_id", "officer_id"], OFFICER, ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "batch_id", "call_unit_id", "officer_id"),
        one_of("kind", MailKind),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        Index(None, "organisation_id", "call_id", "call_unit_id"),
        Index(None, "organisation_id", "call_unit_id"),
        Index(None, "organisation_id", "officer_id"),
        Index(
            None,
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text("confirmation_sent_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    call_id: Mapped[UUID]
    call_unit_id: Mapped[UUID]
    officer_id: Mapped[UUID]
    kind: Mapped[str]
    batch_id: Mapped[UUID]
    accepted_at: Mapped[datetime | None]
    refusal_code: Mapped[int | None]
    # Nobody was written to: taken back, answered meanwhile, or no officer any more.
    dropped_at: Mapped[datetime | None]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        return cls.dropped_at.is_(None)

    def drop(self) -> None:
        """There is no reason to send it any more."""
        self.dropped_at = now()

    @property
    def has_bounced(self) -> bool:
        """Whether a server refused it for good."""
        return self.confirmation_refused_at is not None
