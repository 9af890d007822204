"""Logging a contact: one form, one transaction, one record."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from organising.lobbying.models import (
    Attendance,
    Engagement,
    EngagementAsk,
    EngagementKind,
    EngagementNote,
    Outcome,
)
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services.cautions import ask_first, engagement_cautions
from organising.lobbying.services.drafts import EngagementDraft, check_asks, check_engagement, check_follow_up
from organising.lobbying.services.follow_ups import add_follow_up
from organising.lobbying.services.positions import check_claim, write_claim
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Person


@dataclass(frozen=True)
class Logged:
    """The record, and whether this call made it: a form sent twice finds the first one's."""

    engagement: Engagement
    is_new: bool


class AlreadyLogged(Conflict):
    """The form was sent before, with other words: ``engagement_id`` is what was kept, unchanged."""

    code = "already_logged"

    def __init__(self, engagement_id: UUID) -> None:
        super().__init__(_("This form was already sent, and other words were kept."))
        self.engagement_id = engagement_id


def log_engagement(actor: Actor, draft: EngagementDraft, *, confirmed: Collection[str] = ()) -> Logged:
    """Keep an engagement with its note, the asks raised, a position and a follow-up.

    Raises Forbidden; Invalid with reasons by field; NeedsConfirmation with cautions; AlreadyLogged.
    """
    actor.check(Permission.ENGAGEMENTS_LOG)
    if actor.campaign_id is None:
        raise Forbidden(_("Your organisation takes part in no campaign."))
    _wait_for(draft.submission_key)
    earlier = _find_earlier(actor, draft)
    if earlier is not None:
        if not _is_same(actor, earlier, draft):
            raise AlreadyLogged(earlier.id)
        return Logged(earlier, is_new=False)
    _check(actor, draft)
    ask_first(engagement_cautions(actor, draft), confirmed)
    engagement = _write(actor, draft)
    if draft.position is not None:
        write_claim(actor, draft.person_id, draft.position, engagement_id=engagement.id)
    if draft.follow_up is not None:
        add_follow_up(actor, draft.person_id, draft.follow_up, engagement_id=engagement.id, confirmed=None)
    audit.record(actor, "engagement.logged", "engagement", engagement.id, kind=engagement.kind)
    db.session.flush()
    return Logged(engagement, is_new=True)


def write_asks(actor: Actor, engagement_id: UUID, ask_ids: Collection[UUID]) -> None:
    """Note that these asks were raised."""
    for ask_id in sorted(set(ask_ids)):
        db.session.add(EngagementAsk(engagement_id=engagement_id, ask_id=ask_id, **authorship(actor)))


def authorship(actor: Actor) -> dict[str, Any]:
    """The columns that say whose a shared row is."""
    return {
        "campaign_id": actor.campaign_id,
        "organisation_id": actor.organisation_id,
        "author_label": actor.author_label,
    }


def check_words(draft: EngagementDraft) -> dict[str, str]:
    """Reasons by field why the engagement itself can't be kept."""
    wrong = check_engagement(draft)
    if draft.kind not in list(EngagementKind):
        wrong["kind"] = _("Choose what kind of contact it was.")
    if draft.attended_by not in list(Attendance):
        wrong["attended_by"] = _("Say who was there.")
    if draft.outcome not in list(Outcome):
        wrong["outcome"] = _("Choose how it went.")
    return wrong


def _check(actor: Actor, draft: EngagementDraft) -> None:
    wrong = check_words(draft)
    if find(Person, draft.person_id) is None:
        wrong["person_id"] = _("Choose the representative from the list.")
    if reason := check_asks(actor, draft.ask_ids):
        wrong["ask_ids"] = reason
    if draft.position is not None:
        wrong |= check_claim(actor, draft.position)
    if draft.follow_up is not None:
        wrong |= check_follow_up(draft.follow_up)
    if wrong:
        raise Invalid(_("The contact was not logged yet."), **wrong)


def _write(actor: Actor, draft: EngagementDraft) -> Engagement:
    engagement = Engagement(
        id=new_id(),
        person_id=draft.person_id,
        happened_on=draft.happened_on,
        kind=draft.kind,
        attended_by=draft.attended_by,
        outcome=draft.outcome,
        headline=draft.line,
        out_of_office_reason=" ".join(draft.out_of_office_reason.split()) or None,
        submission_key=draft.submission_key,
        version=1,
        **authorship(actor),
    )
    note = EngagementNote(engagement_id=engagement.id, unit_id=actor.unit_id, author_user_id=actor.user_id)
    note.body = draft.note.strip() or None
    db.session.add(engagement)
    db.session.flush()
    db.session.add(note)
    raised = set(draft.ask_ids)
    if draft.position is not None and draft.position.ask_id is not None:
        raised.add(draft.position.ask_id)
    write_asks(actor, engagement.id, raised)
    db.session.flush()
    return engagement


def _wait_for(submission_key: UUID) -> None:
    """Of two sendings of one form at the same instant, the second waits until the first is kept or lost."""
    number = int.from_bytes(submission_key.bytes[:8], signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))


def _find_earlier(actor: Actor, draft: EngagementDraft) -> Engagement | None:
    return db.session.scalar(
        select(Engagement).where(
            Engagement.organisation_id == actor.organisation_id,
            Engagement.submission_key == draft.submission_key,
        )
    )


def _is_same(actor: Actor, earlier: Engagement, draft: EngagementDraft) -> bool:
    note = find_note(actor, earlier.id)
    kept = (earlier.person_id, earlier.happened_on, earlier.kind, earlier.attended_by, earlier.headline)
    sent = (draft.person_id, draft.happened_on, draft.kind, draft.attended_by, draft.line)
    return kept == sent and ((note.body if note else None) or "") == draft.note.strip()
