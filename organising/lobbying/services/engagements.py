"""Logging a contact: one form, one transaction, one record."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import (
    Attendance,
    Engagement,
    EngagementAsk,
    EngagementAttendee,
    EngagementKind,
    EngagementNote,
    Outcome,
)
from organising.lobbying.queries.log import find_submitted
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services.additions import addition_cautions, check_additions, write_additions
from organising.lobbying.services.drafts import (
    MOST_OF_A_KIND,
    AttendeeDraft,
    EngagementDraft,
    check_asks,
    check_attendee,
    check_engagement,
    place,
)
from organising.lobbying.services.engagement_cautions import engagement_cautions
from organising.lobbying.services.shared import authorship as authorship
from organising.lobbying.services.shared import check_takes_part
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.locks import take_turns
from organising.platform.permissions import Permission
from organising.representatives.models import Institution, Person


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
    """Keep an engagement with its note, the asks raised, who took part, and what hangs on it.

    Raises Forbidden; Invalid with reasons by field; NeedsConfirmation with cautions; AlreadyLogged.
    """
    check_takes_part(actor, Permission.ENGAGEMENTS_LOG)
    # Of two sendings of one form at the same instant, the second waits until the first is kept or lost.
    take_turns("engagement form", draft.submission_key)
    earlier = find_submitted(actor, draft.submission_key)
    if earlier is not None:
        if not _is_same(actor, earlier, draft):
            raise AlreadyLogged(earlier.id)
        return Logged(earlier, is_new=False)
    _check(actor, draft)
    ask_first(chain(engagement_cautions(actor, draft), addition_cautions(actor, draft)), confirmed)
    engagement = _write(actor, draft)
    write_additions(actor, draft, engagement.id)
    audit.record(actor, "engagement.logged", "engagement", engagement.id, kind=engagement.kind)
    db.session.flush()
    return Logged(engagement, is_new=True)


def write_asks(actor: Actor, engagement_id: UUID, ask_ids: Collection[UUID]) -> None:
    """Note that these asks were raised."""
    for ask_id in sorted(set(ask_ids)):
        db.session.add(EngagementAsk(engagement_id=engagement_id, ask_id=ask_id, **authorship(actor)))


def write_attendees(actor: Actor, engagement_id: UUID, attendees: Iterable[AttendeeDraft]) -> None:
    """Note who took part, each once, in this order."""
    for attendee in dict.fromkeys(attendees):
        db.session.add(
            EngagementAttendee(
                engagement_id=engagement_id,
                attending_id=None if attendee.staff_role else attendee.organisation_id,
                staff_role=attendee.staff_role or None,
                label=attendee.words,
                **authorship(actor),
            )
        )
    db.session.flush()


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


def check_attendees(actor: Actor, draft: EngagementDraft) -> dict[str, str]:
    """Reasons by place why those named can't have taken part."""
    if not draft.attendees:
        return {}
    if len(draft.attendees) > MOST_OF_A_KIND:
        return {"attendees": _("Name at most %(most)s.", most=MOST_OF_A_KIND)}
    partners = {one.id for one in list_campaign_organisations(actor.campaign_id)}
    return {
        place("attendee", number, field): reason
        for number, attendee in enumerate(draft.attendees, start=1)
        for field, reason in check_attendee(attendee, partners).items()
    }


def _check(actor: Actor, draft: EngagementDraft) -> None:
    wrong = check_words(draft) | check_attendees(actor, draft)
    if draft.person_id is not None and find(Person, draft.person_id) is None:
        wrong["person_id"] = _("Choose the representative from the list.")
    if draft.person_id is None and (
        draft.institution_id is None or find(Institution, draft.institution_id) is None
    ):
        wrong["institution_id"] = _("Choose the representative or institution from the list.")
    if reason := check_asks(actor, draft.ask_ids):
        wrong["ask_ids"] = reason
    wrong |= check_additions(actor, draft)
    if wrong:
        raise Invalid(_("The contact was not logged yet."), **wrong)


def _write(actor: Actor, draft: EngagementDraft) -> Engagement:
    engagement = Engagement(
        id=new_id(),
        **draft.subject,
        happened_on=draft.happened_on,
        kind=draft.kind,
        attended_by=draft.attended_by,
        outcome=draft.outcome,
        headline=draft.line,
        out_of_office_reason=draft.reason or None,
        submission_key=draft.submission_key,
        version=1,
        **authorship(actor),
    )
    note = EngagementNote(engagement_id=engagement.id, unit_id=actor.unit_id, author_user_id=actor.user_id)
    note.body = draft.note.strip() or None
    db.session.add(engagement)
    db.session.flush()
    db.session.add(note)
    db.session.flush()
    claimed = {one.ask_id for one in draft.positions if one.ask_id is not None}
    write_asks(actor, engagement.id, {*draft.ask_ids, *claimed})
    write_attendees(actor, engagement.id, draft.attendees)
    return engagement


def _is_same(actor: Actor, earlier: Engagement, draft: EngagementDraft) -> bool:
    note = find_note(actor, earlier.id)
    subject = earlier.person_id or earlier.institution_id
    kept = (subject, earlier.happened_on, earlier.kind, earlier.attended_by, earlier.headline)
    named = draft.person_id or draft.institution_id
    sent = (named, draft.happened_on, draft.kind, draft.attended_by, draft.line)
    return kept == sent and ((note.body if note else None) or "") == draft.note.strip()
