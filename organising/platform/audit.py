"""The audit log: append-only, one organisation's own. Facts hold ids, states and counts, never a person's details."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .actor import Actor
from .clock import now
from .db import Owned, db


class AuditEvent(Owned, db.Model):
    """What was done, by whom, to what. The runtime login may insert and read, not change or delete."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_organisation_id_created_at", "organisation_id", "created_at"),
        Index("ix_audit_event_organisation_id_subject_id", "organisation_id", "subject_id"),
        Index("ix_audit_event_organisation_id_tx", "organisation_id", "tx"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    # The transaction's number, for the sealer; the database writes it.
    tx: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"), deferred=True
    )


class AuditSeal(Owned, db.Model):
    """One link of the organisation's chain; ``id`` is the event's. Written by ``app.seal_audit`` alone."""

    __tablename__ = "audit_seal"
    __table_args__ = (
        UniqueConstraint("organisation_id", "place"),
        CheckConstraint("place > 0", name="place"),
        CheckConstraint("octet_length(hash) = 32", name="hash"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]


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
