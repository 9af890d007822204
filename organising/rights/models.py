"""What people asked of an organisation about their own data."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from .clock import Pause, Times

LONGEST_NAME = 200
LONGEST_WORDS = 4000
LONGEST_REASON = 1000


class RequestKind(StrEnum):
    """What is asked: UK GDPR articles 15, 16, 17, 21 and 18, and a complaint (Data Protection Act 2018, section 164A)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    COMPLAINT = "complaint"


class RequestState(StrEnum):
    """``unconfirmed``: typed on the public page, and the address has not said yes. Three ways to end."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"


class CameBy(StrEnum):
    PAGE = "page"
    EMAIL = "email"
    PHONE = "phone"
    POST = "post"
    IN_PERSON = "in_person"


class IdentityBy(StrEnum):
    """How somebody is known to be who they say. What was looked at is not kept."""

    MAIL = "mail"
    KNOWN = "known"
    CALLED_BACK = "called_back"
    DOCUMENT = "document"


class PauseReason(StrEnum):
    IDENTITY = "identity"
    CLARIFICATION = "clarification"


class RightsRequest(AwaitsConfirmation, db.Model):
    """One request. Name, address and words are sealed, and go when it has been over for a while, or at once with an erasure.

    ``number`` counts an organisation's requests, once they are open. ``left_out``: what the bundle does not tell, as it tells
    of somebody else (``table:id``). ``link_version`` ends the links that were sent before.
    """

    __tablename__ = "rights_request"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        UniqueConstraint("organisation_id", "number"),
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        one_of("came_by", CameBy),
        one_of("identity_by", IdentityBy),
        CheckConstraint("(state = 'unconfirmed') = (number IS NULL)", name="number"),
        CheckConstraint("(identity_by IS NULL) = (identity_at IS NULL)", name="identity"),
        CheckConstraint("(state IN ('done', 'refused', 'dropped')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        Index(None, "organisation_id", "state", "received_on"),
        Index(None, "organisation_id", "email_key"),
        Index(None, "organisation_id", "contact_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    number: Mapped[int | None]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=RequestState.UNCONFIRMED)
    came_by: Mapped[str]
    name_cipher: Mapped[bytes | None]
    email_cipher: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    words_cipher: Mapped[bytes | None]
    answer_cipher: Mapped[bytes | None]
    reason_cipher: Mapped[bytes | None]
    # Of the answer: sealed, as it hints at nationality.
    language_cipher: Mapped[bytes | None]
    contact_id: Mapped[UUID | None]
    by_name: Mapped[bool] = mapped_column(default=False)
    received_on: Mapped[date]
    confirmed_at: Mapped[datetime | None]
    identity_by: Mapped[str | None]
    identity_at: Mapped[datetime | None]
    identity_label: Mapped[str | None]
    extended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    details_removed_at: Mapped[datetime | None]
    left_out: Mapped[list[str]] = mapped_column(JSONB, default=list)
    link_version: Mapped[int] = mapped_column(SmallInteger, default=0)
    erasure_id: Mapped[UUID | None]
    author_label: Mapped[str]

    name = Sealed("name_cipher")
    email = Sealed("email_cipher")
    words = Sealed("words_cipher")
    answer = Sealed("answer_cipher")
    reason = Sealed("reason_cipher")
    language = Sealed("language_cipher")

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        return cls.state == RequestState.UNCONFIRMED

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.state == RequestState.OPEN

    def times(self, pauses: "list[RightsPause]") -> Times:
        """Its clock, with the pauses of it."""
        return Times(
            self.received_on,
            tuple(
                Pause(one.started_on, one.ended_on, restarts=one.reason == PauseReason.IDENTITY)
                for one in pauses
            ),
            is_extended=self.extended_on is not None,
        )

    def end(self, state: RequestState, at: datetime) -> bool:
        """Close it; returns whether that changed anything."""
        if not self.is_open:
            return False
        self.state, self.ended_at = state, at
        return True

    def forget(self, at: datetime) -> bool:
        """Take away who asked and what they wrote; kind, days and outcome stay. Returns whether there was anything."""
        if self.details_removed_at is not None:
            return False
        self.name = self.email = self.words = self.answer = self.reason = self.language = None
        self.email_key = self.contact_id = self.confirmation_language = None
        self.details_removed_at = at
        self.left_out = []
        return True


class RightsPause(Owned, db.Model):
    """Days on which the clock stands, as something is awaited from the person. ``ended_on`` is the day on which it came."""

    __tablename__ = "rights_pause"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["rights_request.organisation_id", "rights_request.id"],
            ondelete="CASCADE",
        ),
        one_of("reason", PauseReason),
        CheckConstraint("ended_on >= started_on", name="days"),
        Index(
            "uq_rights_pause_open",
            "organisation_id",
            "request_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    request_id: Mapped[UUID]
    reason: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class MailKind(StrEnum):
    """What the desk writes to somebody: where their bundle is, what was answered, and that they are erased."""

    BUNDLE = "bundle"
    ANSWER = "answer"
    ERASED = "erased"


class RightsMail(Owned, db.Model):
    """One message of the desk to the person. It goes out once; with an erasure, what it needs is kept until it has gone."""

    __tablename__ = "rights_mail"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["rights_request.organisation_id", "rights_request.id"],
            ondelete="CASCADE",
        ),
        one_of("kind", MailKind),
        Index(None, "organisation_id", "request_id"),
        Index(
            "ix_rights_mail_unsent",
            "organisation_id",
            "created_at",
            postgresql_where=text("sent_at IS NULL AND refusal_code IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    request_id: Mapped[UUID]
    kind: Mapped[str]
    address_cipher: Mapped[bytes | None]
    words_cipher: Mapped[bytes | None]
    language_cipher: Mapped[bytes | None]
    sent_at: Mapped[datetime | None]
    refusal_code: Mapped[int | None] = mapped_column(SmallInteger)

    address = Sealed("address_cipher")
    words = Sealed("words_cipher")
    language = Sealed("language_cipher")
