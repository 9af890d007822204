"""Changing and taking back what one's own organisation logged; of two editors the second loses nothing."""

from collections.abc import Collection, Iterable
from itertools import chain
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from organising.lobbying.models import Deed, Engagement, EngagementAsk, EngagementAttendee, EngagementNote
from organising.lobbying.queries.log import get_engagement
from organising.lobbying.queries.revisions import find_revision
from organising.lobbying.queries.shared import hold
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services.additions import addition_cautions, check_additions, write_additions
from organising.lobbying.services.drafts import AttendeeDraft, EngagementDraft, check_asks
from organising.lobbying.services.engagement_cautions import engagement_cautions
from organising.lobbying.services.engagements import (
    check_attendees,
    check_words,
    write_asks,
    write_attendees,
)
from organising.lobbying.services.revisions import keep_note, keep_revision
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first
from organising.platform.clock import now
from organising.platform.conflicts import Difference as Difference
from organising.platform.conflicts import EditConflict as EditConflict
from organising.platform.conflicts import Value as Value
from organising.platform.conflicts import check_version, list_differences
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission

COMPARED = (
    "happened_on",
    "kind",
    "attended_by",
    "attendees",
    "outcome",
    "headline",
    "note",
    "ask_ids",
    "out_of_office_reason",
)
PRIVATE = ("note",)


def edit_engagement(
    actor: Actor,
    engagement_id: UUID,
    draft: EngagementDraft,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> Engagement:
    """Change what was logged; ``version`` is the one that the form was opened with.

    What the draft brings of positions, promises and follow-ups comes to those that are there. The same form sent twice
    edits once. Raises NotFound for another organisation's, Forbidden beyond the actor's reach, EditConflict, Invalid,
    NeedsConfirmation.
    """
    engagement, note = open_for_editing(actor, engagement_id, lock=True)
    differences = differ(engagement, note, draft)
    check_version(engagement.version, version, differences)
    was_sent = find_revision(actor, draft.submission_key) is not None
    if not differences and (was_sent or not draft.has_additions):
        return engagement
    _check(actor, engagement, draft)
    cautions = chain(engagement_cautions(actor, draft, is_new=False), addition_cautions(actor, draft))
    ask_first(cautions, confirmed)
    if differences:
        apply_draft(actor, engagement, note, draft, differences)
    write_additions(actor, draft, engagement.id)
    deed = Deed.EDITED if differences else Deed.ADDED
    keep_revision(
        actor, engagement, deed, _shared(differences), key=None if was_sent else draft.submission_key
    )
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
        keep_revision(actor, engagement, Deed.WITHDRAWN)
        audit.record(actor, "engagement.withdrawn", "engagement", engagement.id)
        db.session.flush()
    return engagement


def restore_engagement(actor: Actor, engagement_id: UUID) -> Engagement:
    """Undo :func:`withdraw_engagement`."""
    engagement, _note = open_for_editing(actor, engagement_id, lock=True, withdrawn=True)
    if engagement.restore():
        keep_revision(actor, engagement, Deed.RESTORED)
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
        hold(engagement)
        db.session.refresh(note)
    if engagement.withdrawn_at is not None and not withdrawn:
        raise Conflict(_("This contact was taken out of the log. Put it back before you change it."))
    return engagement, note


def kept_values(engagement: Engagement, note: EngagementNote) -> dict[str, Value]:
    """What is kept, by field, as :func:`differ` compares it."""
    return {
        "happened_on": engagement.happened_on,
        "kind": engagement.kind,
        "attended_by": engagement.attended_by,
        "attendees": _in_order(
            AttendeeDraft(one.attending_id, one.staff_role or "", one.label) for one in engagement.attendees
        ),
        "outcome": engagement.outcome,
        "headline": engagement.headline,
        "note": note.body or "",
        "ask_ids": tuple(sorted(ask.id for ask in engagement.asks)),
        "out_of_office_reason": engagement.out_of_office_reason or "",
    }


def differ(engagement: Engagement, note: EngagementNote, draft: EngagementDraft) -> list[Difference]:
    """The fields on which the kept record and the draft differ."""
    kept = kept_values(engagement, note)
    sent: dict[str, Value] = {
        "happened_on": draft.happened_on,
        "kind": draft.kind,
        "attended_by": draft.attended_by,
        "attendees": _in_order(
            AttendeeDraft(one.organisation_id, one.staff_role, one.words) for one in draft.attendees
        ),
        "outcome": draft.outcome,
        "headline": draft.line,
        "note": draft.note.strip(),
        "ask_ids": tuple(sorted(set(draft.ask_ids))),
        "out_of_office_reason": draft.reason,
    }
    return list_differences(COMPARED, kept, sent)


def _in_order(attendees: Iterable[AttendeeDraft]) -> tuple[AttendeeDraft, ...]:
    """Each once, in an order that who typed them does not matter to."""
    return tuple(
        sorted(set(attendees), key=lambda one: (str(one.organisation_id), one.staff_role, one.label))
    )


def apply_draft(
    actor: Actor,
    engagement: Engagement,
    note: EngagementNote,
    draft: EngagementDraft,
    differences: list[Difference],
) -> None:
    """Put the draft over what is kept; the note as it was stays in the history."""
    assert draft.happened_on is not None
    changed = {difference.field for difference in differences}
    engagement.happened_on = draft.happened_on
    engagement.kind = draft.kind
    engagement.attended_by = draft.attended_by
    engagement.outcome = draft.outcome
    engagement.headline = draft.line
    engagement.out_of_office_reason = draft.reason or None
    engagement.version += 1
    engagement.edited_at = now()
    if "note" in changed:
        keep_note(actor, engagement, note)
        note.body = draft.note.strip() or None
    if "ask_ids" in changed:
        _put_asks(actor, engagement, draft)
    if "attendees" in changed:
        db.session.execute(
            delete(EngagementAttendee).where(EngagementAttendee.engagement_id == engagement.id)
        )
        write_attendees(actor, engagement.id, draft.attendees)
    db.session.flush()
    db.session.expire(engagement, ["asks", "attendees"])


def _put_asks(actor: Actor, engagement: Engagement, draft: EngagementDraft) -> None:
    raised = {ask.id for ask in engagement.asks}
    db.session.execute(
        delete(EngagementAsk).where(
            EngagementAsk.engagement_id == engagement.id, EngagementAsk.ask_id.not_in(list(draft.ask_ids))
        )
    )
    write_asks(actor, engagement.id, set(draft.ask_ids) - raised)


def _check(actor: Actor, engagement: Engagement, draft: EngagementDraft) -> None:
    wrong = check_words(draft) | check_attendees(actor, draft) | check_additions(actor, draft)
    raised = [ask.id for ask in engagement.asks]
    if reason := check_asks(actor, draft.ask_ids, already=raised):
        wrong["ask_ids"] = reason
    if wrong:
        raise Invalid(_("The change was not kept yet."), **wrong)


def _shared(differences: list[Difference]) -> dict[str, tuple[Value, Value]]:
    return {one.field: (one.kept, one.sent) for one in differences if one.field not in PRIVATE}
