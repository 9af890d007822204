"""Keeping what an edit replaced: the shared fields where partners read them, the note sealed beside its note."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from organising.lobbying.models import (
    Deed,
    Engagement,
    EngagementNote,
    EngagementNoteRevision,
    EngagementRevision,
)
from organising.lobbying.queries.revisions import list_ask_codes, list_names
from organising.lobbying.services.drafts import AttendeeDraft
from organising.lobbying.services.shared import authorship
from organising.platform.actor import Actor
from organising.platform.db import db


def keep_revision(
    actor: Actor,
    engagement: Engagement,
    deed: Deed,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    *,
    key: UUID | None = None,
) -> EngagementRevision:
    """Add a line to a contact's history. ``changes``: shared fields, before and after. ``key``: the form's."""
    changes = changes or {}
    values = [value for pair in changes.values() for value in pair if isinstance(value, tuple)]
    words = _names(values)
    revision = EngagementRevision(
        engagement_id=engagement.id,
        version=engagement.version,
        deed=deed,
        changes={field: [_plain(value, words) for value in pair] for field, pair in changes.items()},
        submission_key=key,
        **authorship(actor) | {"campaign_id": engagement.campaign_id},
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def keep_note(actor: Actor, engagement: Engagement, note: EngagementNote) -> None:
    """Keep the note as it is, before it is replaced; the engagement's version is that after the edit."""
    before = EngagementNoteRevision(
        engagement_id=engagement.id,
        unit_id=note.unit_id,
        version=engagement.version,
        author_label=actor.author_label,
    )
    before.before = note.body
    db.session.add(before)
    db.session.flush()


def _plain(value: Any, names: Mapping[UUID, str]) -> Any:
    """A value as it is kept: names as they are called now, so that the line reads the same for ever."""
    if isinstance(value, tuple):
        return sorted(_said(one, names) for one in value)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _said(one: UUID | AttendeeDraft, names: Mapping[UUID, str]) -> str:
    if isinstance(one, UUID):
        return names.get(one, "?")
    if one.staff_role:
        return f"staff:{one.staff_role}"
    name = names.get(one.organisation_id, "?") if one.organisation_id else "?"
    return f"{name} ({one.label})" if one.label else name


def _names(values: list[tuple[Any, ...]]) -> dict[UUID, str]:
    """Codes of asks and short names of organisations among the values, read only where there are any."""
    parts = [one for value in values for one in value]
    asks = {one for one in parts if isinstance(one, UUID)}
    partners = {
        one.organisation_id for one in parts if isinstance(one, AttendeeDraft) and one.organisation_id
    }
    return list_ask_codes(asks) | list_names(partners)
