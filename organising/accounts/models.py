"""People who sign in. A password's hash is in no model: only definer functions reach it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
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
