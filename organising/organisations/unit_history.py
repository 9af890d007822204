"""A unit's history: a line for each change, with what was before, so that the latest can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db
from .models import UnitChange, UnitChangeKind
from .queries import list_officers_to_write_to

_list_at_work: ContextVar[UUID | None] = ContextVar("list_at_work", default=None)


@contextmanager
def by_list(unit_import_id: UUID) -> Iterator[None]:
    """Note whatever changes within as done by this list, so that the whole of it can be undone."""
    token = _list_at_work.set(unit_import_id)
    try:
        yield
    finally:
        _list_at_work.reset(token)


def note_change(
    actor: Actor,
    unit_id: UUID,
    kind: UnitChangeKind,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    officer_id: UUID | None = None,
) -> UnitChange:
    """Write one line of a unit's history in the current transaction."""
    change = UnitChange(
        organisation_id=actor.organisation_id,
        unit_id=unit_id,
        kind=kind,
        author_user_id=actor.user_id,
        author_label=actor.author_label,
        officer_id=officer_id,
        before=before or {},
        after=after or {},
        unit_import_id=_list_at_work.get(),
    )
    db.session.add(change)
    db.session.flush()
    return change


def note_acted_for(
    actor: Actor, unit_id: UUID | None, deed: str, subject_type: str, subject_id: UUID | None
) -> bool:
    """Note that an organiser or admin did for a unit what its officers do; returns whether it was on their behalf.

    It stands in the unit's history with the officer to whom the unit's mail goes. What an officer does for the own
    unit is on nobody's behalf, and neither is what the system does.
    """
    if unit_id is None or actor.user_id is None or actor.unit_id == unit_id:
        return False
    officer = list_officers_to_write_to([unit_id]).get(unit_id)
    if officer is not None and officer.user_id == actor.user_id:
        return False
    record(actor, "unit.acted_for", "unit", unit_id, deed=deed, for_officer=officer.role if officer else None)
    note_change(
        actor,
        unit_id,
        UnitChangeKind.ACTED_FOR,
        after={"deed": deed, "subject_type": subject_type, "subject_id": str(subject_id or "")},
        officer_id=officer.id if officer else None,
    )
    return True


def find_latest(unit_id: UUID) -> UnitChange | None:
    """The newest change of a unit itself or of its officers that still stands."""
    return db.session.scalars(
        select(UnitChange)
        .where(
            UnitChange.unit_id == unit_id,
            UnitChange.kind != UnitChangeKind.ACTED_FOR,
            UnitChange.undone_at.is_(None),
        )
        .order_by(UnitChange.created_at.desc(), UnitChange.id)
        .limit(1)
    ).one_or_none()


def was_taken_back(unit_id: UUID) -> bool:
    """Whether a unit was only ever entered by mistake: its entry was undone, which closed it."""
    undone = select(UnitChange.id).where(
        UnitChange.unit_id == unit_id,
        UnitChange.kind == UnitChangeKind.ADDED,
        UnitChange.undone_at.is_not(None),
    )
    return bool(db.session.scalar(select(undone.exists())))


def lock_tree(actor: Actor) -> None:
    """One change of an organisation's tree at a time: two moves at once could close a ring."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:o, 71))"), {"o": str(actor.organisation_id)}
    )
