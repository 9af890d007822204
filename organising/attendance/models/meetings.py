"""A lobby day's meetings: who is met when and where, and what those who meet them are told before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from .sign_ups import of_action

MOST_IN_A_SLOT = 200


class MeetingSlot(Owned, db.Model):
    """A time and a room with one representative. Its version says which of its facts somebody was told."""

    __tablename__ = "meeting_slot"
    __table_args__: Any = (
        of_action(),
        CheckConstraint(f"capacity BETWEEN 1 AND {MOST_IN_A_SLOT}", name="capacity"),
        Index(None, "organisation_id", "action_id", "person_id", "starts_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    room_cipher: Mapped[bytes | None]
    capacity: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    author_label: Mapped[str]

    room = Sealed("room_cipher")


class LobbyBriefing(Owned, db.Model):
    """Lines for everyone who comes (no ``person_id``), or for those who meet one representative."""

    __tablename__ = "lobby_briefing"
    __table_args__: Any = (
        of_action(),
        UniqueConstraint("organisation_id", "action_id", "person_id", postgresql_nulls_not_distinct=True),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    lines_cipher: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(default=1)
    author_label: Mapped[str]

    lines = Sealed("lines_cipher")
