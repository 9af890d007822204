"""Whom an organisation's mailings come from, the proofs that the addresses are its own, and its own mail server."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed


class SenderIdentity(Owned, db.Model):
    """A name and address that mailings may come from, and where answers go; each address once it was proven.

    Another address is another proof: ``change`` forgets the one that no longer holds.
    """

    __tablename__ = "sender_identity"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    reply_to: Mapped[str]
    address_confirmed_at: Mapped[datetime | None]
    reply_to_confirmed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    @property
    def is_confirmed(self) -> bool:
        """Whether mailings may come from it."""
        return not self.unproven and self.removed_at is None

    @property
    def unproven(self) -> list[str]:
        """The addresses that nobody has proven yet."""
        waiting = [] if self.address_confirmed_at else [self.address]
        if self.reply_to_confirmed_at is None and self.reply_to not in waiting:
            waiting.append(self.reply_to)
        return waiting

    def change(self, name: str, address: str, reply_to: str) -> bool:
        """Take other words or addresses; returns whether an address is another one, and has to be proven."""
        proven = {
            one
            for one, at in (
                (self.address, self.address_confirmed_at),
                (self.reply_to, self.reply_to_confirmed_at),
            )
            if at
        }
        at = self.address_confirmed_at or self.reply_to_confirmed_at
        self.name, self.address, self.reply_to = name, address, reply_to
        self.address_confirmed_at = at if address in proven else None
        self.reply_to_confirmed_at = at if reply_to in proven else None
        return bool(self.unproven)

    def confirm(self, address: str, at: datetime) -> bool:
        """Note that an address was proven; returns whether it was one of this identity's that waited."""
        if self.removed_at is not None or address not in self.unproven:
            return False
        if self.address == address:
            self.address_confirmed_at = at
        if self.reply_to == address:
            self.reply_to_confirmed_at = at
        return True


class SenderProof(Owned, db.Model):
    """A link mailed to one address of an identity: good once, for three days, for exactly that address."""

    __tablename__ = "sender_proof"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "identity_id"],
            ["sender_identity.organisation_id", "sender_identity.id"],
            ondelete="CASCADE",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    identity_id: Mapped[UUID]
    address: Mapped[str]
    asked_by: Mapped[str]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    # The SMTP code with which the address was refused for good.
    refusal_code: Mapped[int | None]

    def is_open(self, at: datetime) -> bool:
        """Whether the link still works."""
        return self.used_at is None and at < self.expires_at


class MailServer(Owned, db.Model):
    """An organisation's own mail server, for mailings from its own addresses. The password is sealed."""

    __tablename__ = "mail_server"
    __table_args__ = (
        UniqueConstraint("organisation_id"),
        CheckConstraint("security IN ('starttls', 'tls', 'none')", name="security"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("connections BETWEEN 1 AND 50", name="connections"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[str]
    connections: Mapped[int]
    username: Mapped[str | None]
    password_cipher: Mapped[bytes | None]
    is_used: Mapped[bool] = mapped_column(default=False)
    tested_at: Mapped[datetime | None]
    test_passed: Mapped[bool | None]
    test_answer: Mapped[str | None]

    password = Sealed("password_cipher")
