"""Mail that came back. An organisation's own: no partner reads it, nor that it is there."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.incoming import ReplyClass, Severity, Verdict, Why
from organising.mailings.incoming.states import CameBy, IncomingState
from organising.mailings.models.mailings import of_mailing
from organising.platform.checks import one_of
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

# How long words are kept, from the day on which somebody, or the message itself, said what it is.
KEPT_DAYS = 90


class IncomingMessage(Owned, db.Model):
    """A bounce or an answer. ``delivery_id`` is the message that it is about, where that still exists.

    ``raw`` holds its first 512 kB (one character a byte) until it is read, and is erased then. ``verdict`` and
    ``proposed`` are the machine's; ``reply_class`` is what counts. ``erase_at``: when its words go, where that is sooner than :attr:`goes_on` of others.
    """

    __tablename__ = "incoming_message"
    __table_args__ = (
        of_mailing(),
        ForeignKeyConstraint(
            ["organisation_id", "delivery_id"],
            ["delivery.organisation_id", "delivery.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "digest"),
        one_of("came_by", CameBy),
        one_of("state", IncomingState),
        one_of("verdict", Verdict),
        one_of("proposed", ReplyClass),
        one_of("reply_class", ReplyClass),
        one_of("why", Why),
        one_of("severity", Severity),
        Index("ix_incoming_message_organisation_id_state", "organisation_id", "state", "created_at"),
        Index("ix_incoming_message_organisation_id_delivery_id", "organisation_id", "delivery_id"),
        Index(
            "ix_incoming_message_organisation_id_mailing_id", "organisation_id", "mailing_id", "created_at"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID | None]
    delivery_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    came_by: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default=IncomingState.RECEIVED)
    verdict: Mapped[str | None]
    proposed: Mapped[str | None]
    reply_class: Mapped[str | None]
    why: Mapped[str | None]
    severity: Mapped[str | None]
    status: Mapped[str | None]
    raw_cipher: Mapped[bytes | None]
    sender_cipher: Mapped[bytes | None]
    subject_cipher: Mapped[bytes | None]
    body_cipher: Mapped[bytes | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_label: Mapped[str | None]
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagement.id"))
    erase_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    raw = Sealed("raw_cipher")
    sender = Sealed("sender_cipher")
    subject = Sealed("subject_cipher")
    body = Sealed("body_cipher")

    @property
    def is_casework(self) -> bool:
        """Whether it is about somebody's own case, as decided or, before that, as it seems."""
        return (self.reply_class or self.proposed) == ReplyClass.CASEWORK

    @property
    def goes_on(self) -> datetime | None:
        """When its words are erased, or ``None``: they are already, or it waits for somebody to say what it is."""
        if self.erased_at is not None or self.erase_at is not None:
            return self.erase_at
        if self.state not in (IncomingState.DECIDED, IncomingState.SETTLED):
            return None
        return (self.decided_at or self.created_at) + timedelta(days=KEPT_DAYS)

    def settle(self, state: IncomingState, reply_class: str | None = None) -> bool:
        """Note that the machine has read it; returns whether that changed anything. What was read is erased."""
        if self.state != IncomingState.RECEIVED:
            return False
        self.state, self.reply_class, self.raw = state, reply_class, None
        return True

    def decide(self, reply_class: ReplyClass, by: UUID | None, label: str, at: datetime) -> bool:
        """Note what a person says that it is; returns whether that changed anything."""
        if self.state == IncomingState.RECEIVED:
            return False
        if (self.state, self.reply_class) == (IncomingState.DECIDED, reply_class):
            return False
        self.state, self.reply_class = IncomingState.DECIDED, reply_class
        self.decided_at, self.decided_by, self.decided_by_label = at, by, label
        return True

    def forget(self, at: datetime) -> bool:
        """Erase its words; returns whether there were any. That it came, and its class, stay."""
        if self.erased_at is not None:
            return False
        self.raw = self.sender = self.subject = self.body = None
        self.erased_at, self.erase_at = at, None
        return True
