"""What edits of a contact replaced: only ever added. Partners read what was shared, the note's stays sealed."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.lobbying.models.shared import in_campaign, of_unit, own_engagement
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.platform.sealing import Sealed


class Deed(StrEnum):
    """What was done to a contact. ``added``: a position, promise or follow-up came to it, its words stayed."""

    EDITED = "edited"
    ADDED = "added"
    PROMOTED = "promoted"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class EngagementRevision(Shared, db.Model):
    """One deed upon a contact: who (``author_label``), when, and the shared fields before and after.

    ``version`` is the contact's after the deed; ``changes`` maps a field to ``[before, after]``, each a text or a
    list of texts as a page shows them. ``submission_key`` comes with the form: one form edits once.
    """

    __tablename__ = "engagement_revision"
    __table_args__ = (
        in_campaign(),
        own_engagement(),
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("deed", Deed),
        Index("ix_engagement_revision_engagement_id_created_at", "engagement_id", "created_at"),
    )

    engagement_id: Mapped[UUID]
    version: Mapped[int]
    deed: Mapped[str]
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSONB)
    submission_key: Mapped[UUID | None]


class EngagementNoteRevision(Owned, db.Model):
    """A private note as it was before an edit, as far within reach as the note itself.

    ``version`` is the contact's after that edit; ``unit_id`` the note's.
    """

    __tablename__ = "engagement_note_revision"
    __table_args__ = (of_unit(),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    unit_id: Mapped[UUID | None]
    version: Mapped[int]
    author_label: Mapped[str]
    before_cipher: Mapped[bytes | None]

    before = Sealed("before_cipher")
