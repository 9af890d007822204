"""A contact's history: who changed what, when, and what it said before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from organising.lobbying.models import Engagement, EngagementNoteRevision, EngagementRevision
from organising.lobbying.queries.follow_ups import reach
from organising.lobbying.queries.timeline import find_note
from organising.organisations.models import Ask, Organisation
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.differences import Passage, compare_texts


@dataclass(frozen=True)
class Change:
    """One field before and after; ``words`` marks what of a text stayed, went and came."""

    field: str
    before: Any
    after: Any
    words: Sequence[Passage] = ()
    is_private: bool = False


@dataclass(frozen=True)
class Step:
    """One deed upon a contact, with what it changed as far as the reader may see it."""

    deed: str
    author_label: str
    at: datetime
    changes: Sequence[Change]


def find_revision(actor: Actor, submission_key: UUID) -> EngagementRevision | None:
    """What the own organisation's form with this key left."""
    return db.session.scalar(
        select(EngagementRevision).where(
            EngagementRevision.organisation_id == actor.organisation_id,
            EngagementRevision.submission_key == submission_key,
        )
    )


def list_history(actor: Actor, engagement: Engagement) -> list[Step]:
    """All deeds upon a contact, newest first. The note's changes are there for who reads the note, else not at all."""
    revisions = db.session.scalars(
        select(EngagementRevision)
        .where(EngagementRevision.engagement_id == engagement.id)
        .order_by(EngagementRevision.created_at.desc(), EngagementRevision.version.desc())
    ).all()
    notes = _note_changes(actor, engagement)
    steps = []
    for one in revisions:
        changes = [_change(field, *pair) for field, pair in one.changes.items()]
        if one.version in notes and one.deed in ("edited", "promoted"):
            changes.append(notes.pop(one.version))
        # An edit of the note alone is nothing to who may not read it.
        if changes or one.deed != "edited":
            steps.append(Step(one.deed, one.author_label, one.created_at, changes))
    return steps


def list_ask_codes(ask_ids: Iterable[UUID] | None = None) -> dict[UUID, str]:
    """Codes of asks by id: of these, or of all."""
    statement = select(Ask.id, Ask.code)
    if ask_ids is not None:
        wanted = set(ask_ids)
        if not wanted:
            return {}
        statement = statement.where(Ask.id.in_(wanted))
    return dict(db.session.execute(statement).all())


def list_names(organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Short names of organisations by id."""
    wanted = set(organisation_ids)
    if not wanted:
        return {}
    statement = select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(wanted))
    return dict(db.session.execute(statement).all())


def _change(field: str, before: Any, after: Any) -> Change:
    if field in ("headline", "out_of_office_reason"):
        return Change(field, before, after, compare_texts(before, after))
    return Change(field, before, after)


def _note_changes(actor: Actor, engagement: Engagement) -> dict[int, Change]:
    """By version, what an edit did to the note: each kept what was before, the next one tells what came after."""
    note = find_note(actor, engagement.id) if engagement.organisation_id == actor.organisation_id else None
    condition = reach(actor, EngagementNoteRevision.unit_id)  # type: ignore[arg-type]
    if note is None or condition is None:
        return {}
    kept = db.session.scalars(
        select(EngagementNoteRevision)
        .where(EngagementNoteRevision.engagement_id == engagement.id, condition)
        .order_by(EngagementNoteRevision.version.desc())
    ).all()
    changes, after = {}, note.body or ""
    for one in kept:
        before = one.before or ""
        changes[one.version] = Change("note", before, after, compare_texts(before, after), is_private=True)
        after = before
    return changes
