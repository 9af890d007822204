"""Addresses whose holders want nothing from any partner, under keyed hashes that tell nobody whose they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Aggregate, db


class StopToken(Aggregate, db.Model):
    """One address that no partner writes to. ``token`` is keyed with the installation's key and compares mailboxes."""

    __tablename__ = "stop_token"
    __table_args__ = ({"schema": "counting"},)

    token: Mapped[bytes] = mapped_column(primary_key=True)
    lodged_at: Mapped[datetime]


class StopRequest(Aggregate, db.Model):
    """One mail to whoever holds an address, until it has gone: then the row is gone too. It belongs to no partner."""

    __tablename__ = "stop_request"
    __table_args__ = ({"schema": "counting"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_cipher: Mapped[bytes]
    kind: Mapped[str]
    language: Mapped[str | None]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
