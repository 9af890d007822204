"""Reading the organisation's own audit log: narrowed, page by page or as a file, and where its chain ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from ..platform.audit import AuditEvent, AuditSeal
from ..platform.clock import LONDON
from ..platform.db import db
from ..platform.few import count_found

# As the ``who`` of a filter: what the product did by itself.
ITSELF = "itself"
AT_ONCE = 500


@dataclass(frozen=True)
class AuditFilter:
    """What narrows the log. ``who``: a person's id, :data:`ITSELF` or nothing; days are London's, both included."""

    action: str = ""
    who: UUID | str | None = None
    from_on: date | None = None
    to_on: date | None = None


def list_audit_events(narrowed: AuditFilter) -> Select[tuple[AuditEvent]]:
    """The organisation's audit events, to be paged."""
    statement = select(AuditEvent)
    if narrowed.action:
        statement = statement.where(AuditEvent.action == narrowed.action)
    if narrowed.who == ITSELF:
        statement = statement.where(AuditEvent.user_id.is_(None))
    elif narrowed.who:
        statement = statement.where(AuditEvent.user_id == narrowed.who)
    if narrowed.from_on:
        statement = statement.where(AuditEvent.created_at >= _begin(narrowed.from_on))
    if narrowed.to_on and narrowed.to_on < date.max:
        statement = statement.where(AuditEvent.created_at < _begin(narrowed.to_on + timedelta(days=1)))
    return statement


def count_audit_events(narrowed: AuditFilter) -> int:
    """How many events there are."""
    return count_found(list_audit_events(narrowed))


def stream_audit_events(narrowed: AuditFilter) -> Iterator[Row[Any]]:
    """Each event with its ``place`` and ``hash``, oldest first, a few hundred in memory at a time."""
    statement = (
        list_audit_events(narrowed)
        .add_columns(AuditSeal.place, AuditSeal.hash)
        .outerjoin(
            AuditSeal,
            (AuditSeal.organisation_id == AuditEvent.organisation_id) & (AuditSeal.id == AuditEvent.id),
        )
        .order_by(AuditEvent.created_at, AuditEvent.id)
    )
    yield from db.session.execute(statement, execution_options={"stream_results": True, "yield_per": AT_ONCE})


def list_audit_actions() -> Sequence[str]:
    """The kinds of event that the organisation's log holds."""
    return db.session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()


def find_last_seal() -> AuditSeal | None:
    """Where the organisation's chain ends now."""
    return db.session.scalars(select(AuditSeal).order_by(AuditSeal.place.desc()).limit(1)).one_or_none()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)
