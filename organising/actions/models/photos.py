"""Photographs of an action: made anew, kept in the storage as files that the action's page governs, and each kept once."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.files.models import in_storage
from organising.platform.db import Owned, db
from organising.platform.removal import Removable

from .headline import OWN_ACTION


class ReportPhoto(Removable, Owned, db.Model):
    """One photograph. ``client_id`` was made on the phone, so that it is known when it comes again.

    ``may_be_shown``: whoever took it says that all who can be recognised agreed. One taken out goes for good after a
    fortnight; until then it can be put back. ``content_cipher``: one that is not carried over to the storage yet.
    """

    __tablename__ = "report_photo"
    __table_args__: Any = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "action_id", "number"),
        UniqueConstraint("organisation_id", "action_id", "client_id"),
        *in_storage(),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    number: Mapped[int]
    client_id: Mapped[UUID]
    may_be_shown: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[bytes]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    file_id: Mapped[UUID | None]
    content_cipher: Mapped[bytes | None] = mapped_column(deferred=True)
    added_by: Mapped[UUID | None]
