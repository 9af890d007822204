"""People who sign in. A password's hash is in no model: only definer functions reach it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.clock import now
from ..platform.db import Ownership, db, new_id
from ..platform.sealing import Sealed


class User(db.Model):
    """A person who signs in.

    Seen by themselves and by colleagues of the current organisation, by nobody else.
    """

    __tablename__ = "user"
    __ownership__ = Ownership.IDENTITY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email_key: Mapped[bytes] = mapped_column(unique=True)
    email_cipher: Mapped[bytes]
    display_name: Mapped[str]
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)

    email = Sealed("email_cipher")


class Credential(db.Model):
    """The Argon2 hash and the count of failures. The runtime login has no right to this table at all."""

    __tablename__ = "credential"
    __ownership__ = Ownership.IDENTITY

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    password_hash: Mapped[str]
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PasswordReset(db.Model):
    """A reset asked for: sent once, used once, for an hour. Reached through definer functions only."""

    __tablename__ = "password_reset"
    __ownership__ = Ownership.IDENTITY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SecondFactor(db.Model):
    """The sealed secret of a person's authenticator app, once ``confirmed_at``. Reached through definer functions only."""

    __tablename__ = "second_factor"
    __ownership__ = Ownership.IDENTITY

    # The person's own id, so that the sealed secret is bound to them.
    id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret_cipher: Mapped[bytes]
    confirmed_at: Mapped[datetime | None]
    # The newest half-minute whose code was accepted: none is accepted again, nor one before it.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class RecoveryCode(db.Model):
    """The keyed hash of a code that stands in for the phone, once."""

    __tablename__ = "recovery_code"
    __ownership__ = Ownership.IDENTITY

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("second_factor.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AccountNotice(db.Model):
    """Something about an account that its owner is told by mail, once."""

    __tablename__ = "account_notice"
    __ownership__ = Ownership.IDENTITY
    __table_args__ = (
        CheckConstraint(
            "kind IN ('second_factor_on','second_factor_off','second_factor_reset','recovery_code_used')",
            name="kind",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # The organisation's table stands in a later domain.
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class OfficerLink(db.Model):
    """A sign-in that a branch officer asked for: a link and a code by mail, for a quarter of an hour, spent once.

    One request has a row for each organisation whose officer the person is. Reached through definer functions only.
    """

    __tablename__ = "officer_link"
    __ownership__ = Ownership.IDENTITY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(index=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # The code's keyed hash; the code itself is made as the mail is written, and stands nowhere else.
    code_hash: Mapped[bytes | None]
    failed_count: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class OfficerSession(db.Model):
    """A device on which an officer signed in by link: for thirty days, as an officer of that organisation only."""

    __tablename__ = "officer_session"
    __ownership__ = Ownership.IDENTITY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    device_label: Mapped[str]
    expires_at: Mapped[datetime]
    # Empty while the second step is still asked for.
    confirmed_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    def revoke(self, at: datetime) -> bool:
        """End it: its next request is a stranger's. Returns whether that changed anything."""
        if self.revoked_at is not None:
            return False
        self.revoked_at = at
        return True
