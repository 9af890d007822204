"""Lists of units as they were uploaded: sealed until they are applied or a day old, and what came of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from ...platform.db import Owned, db
from ...platform.sealing import Sealed


class UnitImport(Owned, db.Model):
    """One file. Its content goes once it is applied, dropped, or after a day; the counts stay."""

    __tablename__ = "unit_import"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    author_user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    # The file in base 64: a sealed field holds text.
    content_cipher: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    row_count: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_label: Mapped[str | None]

    content = Sealed("content_cipher")
