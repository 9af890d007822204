"""The audit log: append-only, one organisation's own. Facts hold ids, states and counts, never a person's details."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .actor import Actor
from .clock import now
from .db import Owned, db


class AuditEvent(Owned, db.Model):
    """What was done, by whom, to what. The runtime login may insert and read, not change or delete."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_organisation_id_created_at", "organisation_id", "created_at"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


def record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: UUID | None = None,
    *,
    at: datetime | None = None,
    **facts: Any,
) -> None:
    """Write one event in the current transaction: it is there exactly when what it tells of is."""
    db.session.add(
        AuditEvent(
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            facts=facts,
            created_at=at or now(),
        )
    )
