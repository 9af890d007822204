"""Which of an organisation's own contacts were there when somebody was met."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Owned, db


class EngagementContact(Owned, db.Model):
    """That a contact was there. Owned, as the contact is: the engagement's headline is shared, and this never."""

    __tablename__ = "engagement_contact"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "engagement_id"],
            ["engagement.organisation_id", "engagement.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "contact_id", "engagement_id"),
        Index(None, "organisation_id", "engagement_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    contact_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    author_label: Mapped[str]
