"""Segments: questions about contacts that were given a name. They are asked anew each time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.db import db
from ...platform.removal import Removable
from ...platform.sealing import Sealed
from .contacts import Held

LONGEST_SEGMENT = 80


class ContactSegment(Held, Removable, db.Model):
    """A saved question. ``criteria`` is its tree (:mod:`..criteria`) as JSON, sealed: a name may be asked for in it."""

    __tablename__ = "contact_segment"
    __table_args__: Any = (
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_SEGMENT}", name="name"),
        Index(
            "uq_contact_segment_name",
            "organisation_id",
            "name_folded",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_folded: Mapped[str]
    criteria_cipher: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    author_user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    edited_at: Mapped[datetime | None]

    criteria = Sealed("criteria_cipher")
