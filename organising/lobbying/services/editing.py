"""Changing and taking back what one's own organisation logged; of two editors the second loses nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.lobbying.models import Engagement, EngagementAsk, EngagementNote
from organising.lobbying.queries.log import get_engagement
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services.cautions import ask_first, engagement_cautions
from organising.lobbying.services.drafts import EngagementDraft, check_asks
from organising.lobbying.services.engagements import check_words, write_asks
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission

COMPARED = (
    "happened_on",
    "kind",
    "attended_by",
    "outcome",
    "headline",
    "note",
    "ask_ids",
    "out_of_office_reason",
)
Value = str | date | tuple[UUID, ...] | None


@dataclass(frozen=True)
class Difference:
    """One field on which the kept record and the words sent differ."""

    field: str
    kept: Value
    sent: Value


class EditConflict(Conflict):
    """Someone changed the record since the form was opened; sent with ``version``, one's own goes over it."""

    code = "edit_conflict"

    def __init__(self, version: int, differences: list[Difference]) -> None:
        super().__init__(_("Someone else changed this contact while you were writing."))
        self.version = version
        self.differences = differences


def edit_engagement(
    actor: Actor,
    engagement_id: UUID,
    draft: EngagementDraft,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> Engagement:
    """Change what was logged; ``version`` is the one that the form was opened with.

    Raises NotFound for another organisation's, Forbidden beyond the actor's reach, EditConflict, Invalid,
    NeedsConfirmation.
    """
    engagement, note = open_for_editing(actor, engagement_id, lock=True)
    differences = _differences(engagement, note, draft)
    if engagement.version != version and differences:
        raise EditConflict(engagement.version, differences)
    if not differences:
        return engagement
    _check(actor, engagement, draft)
    ask_first(engagement_cautions(actor, draft, is_new=False), confirmed)
    _apply(actor, engagement, note, draft)
    changed = [difference.field for difference in differences]
    audit.record(
        actor, "engagement.edited", "engagement", engagement.id, fields=changed, version=engagement.version
    )
    db.session.flush()
    return engagement


def withdraw_engagement(actor: Actor, engagement_id: UUID) -> Engagement:
    """Take a contact out of the log, for partners at once; its claims stop counting. Can be undone."""
    engagement, _note = open_for_editing(actor, engagement_id, lock=True, withdrawn=True)
    if engagement.withdraw(now()):
        audit.record(actor, "engagement.withdrawn", "engagement", engagement.id)
        db.session.flush()
    return engagement


def restore_engagement(actor: Actor, engagement_id: UUID) -> Engagement:
    """Undo :func:`withdraw_engagement`."""
    engagement, _note = open_for_editing(actor, engagement_id, lock=True, withdrawn=True)
    if engagement.restore():
        audit.record(actor, "engagement.restored", "engagement", engagement.id)
        db.session.flush()
    return engagement


def open_for_editing(
    actor: Actor, engagement_id: UUID, *, lock: bool = False, withdrawn: bool = False
) -> tuple[Engagement, EngagementNote]:
    """The record and the own organisation's note, if this actor may change them.

    Raises NotFound for another organisation's and for none alike; Forbidden for another unit's; Conflict
    for a withdrawn one unless ``withdrawn``.
    """
    actor.check(Permission.ENGAGEMENTS_LOG)
    engagement = get_engagement(actor, engagement_id)
    note = find_note(actor, engagement_id)
    if note is None:
        raise Forbidden(_("Another branch of your organisation logged this; its organisers can change it."))
    if lock:
        db.session.execute(
            select(Engagement.id).where(Engagement.id == engagement_id).with_for_update(of=Engagement)
        )
        db.session.refresh(engagement)
        db.session.refresh(note)
    if engagement.withdrawn_at is not None and not withdrawn:
        raise Conflict(_("This contact was taken out of the log. Put it back before you change it."))
    return engagement, note


def _check(actor: Actor, engagement: Engagement, draft: EngagementDraft) -> None:
    wrong = check_words(draft)
    raised = [ask.id for ask in engagement.asks]
    if reason := check_asks(actor, draft.ask_ids, already=raised):
        wrong["ask_ids"] = reason
    if wrong:
        raise Invalid(_("The change was not kept yet."), **wrong)


def _differences(engagement: Engagement, note: EngagementNote, draft: EngagementDraft) -> list[Difference]:
    kept: dict[str, Value] = {
        "happened_on": engagement.happened_on,
        "kind": engagement.kind,
        "attended_by": engagement.attended_by,
        "outcome": engagement.outcome,
        "headline": engagement.headline,
        "note": note.body or "",
        "ask_ids": tuple(sorted(ask.id for ask in engagement.asks)),
        "out_of_office_reason": engagement.out_of_office_reason or "",
    }
    sent: dict[str, Value] = {
        "happened_on": draft.happened_on,
        "kind": draft.kind,
        "attended_by": draft.attended_by,
        "outcome": draft.outcome,
        "headline": draft.line,
        "note": draft.note.strip(),
        "ask_ids": tuple(sorted(set(draft.ask_ids))),
        "out_of_office_reason": " ".join(draft.out_of_office_reason.split()),
    }
    return [Difference(field, kept[field], sent[field]) for field in COMPARED if kept[field] != sent[field]]


def _apply(actor: Actor, engagement: Engagement, note: EngagementNote, draft: EngagementDraft) -> None:
    assert draft.happened_on is not None
    engagement.happened_on = draft.happened_on
    engagement.kind = draft.kind
    engagement.attended_by = draft.attended_by
    engagement.outcome = draft.outcome
    engagement.headline = draft.line
    engagement.out_of_office_reason = " ".join(draft.out_of_office_reason.split()) or None
    engagement.version += 1
    engagement.edited_at = now()
    if (note.body or "") != draft.note.strip():
        note.body = draft.note.strip() or None
    raised = {ask.id for ask in engagement.asks}
    if raised != set(draft.ask_ids):
        db.session.execute(
            delete(EngagementAsk).where(
                EngagementAsk.engagement_id == engagement.id, EngagementAsk.ask_id.not_in(list(draft.ask_ids))
            )
        )
        write_asks(actor, engagement.id, set(draft.ask_ids) - raised)
    db.session.flush()
    db.session.expire(engagement, ["asks"])
