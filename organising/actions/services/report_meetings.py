"""Whom they met, as lines of the contact log: one for each representative of an action, however often it is sent."""

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from flask_babel import gettext as _

from organising.actions.models import BranchAction, ReportMeeting
from organising.actions.queries.reports import list_meetings
from organising.actions.states import Kind
from organising.lobbying.models import Engagement, EngagementKind
from organising.lobbying.queries.log import find_submitted
from organising.lobbying.queries.members import was_in_office
from organising.lobbying.services import (
    EngagementDraft,
    NeedsConfirmation,
    edit_engagement,
    log_engagement,
    restore_engagement,
    withdraw_engagement,
)
from organising.lobbying.services.editing import kept_values, open_for_editing
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.representatives.models import Person

from .outcomes import Met

# How one meets a representative there, in the words of the contact log.
CONTACTS = {
    Kind.SURGERY_VISIT: EngagementKind.SURGERY,
    Kind.LOBBY_DAY: EngagementKind.MEETING,
    Kind.ASSEMBLY: EngagementKind.VISIT,
    Kind.PHONEBANK: EngagementKind.CALL,
}


def put_meetings(actor: Actor, action: BranchAction, met: tuple[Met, ...]) -> None:
    """Log whom they met, and take out of the log whom a correction no longer names. Raises :class:`Invalid`."""
    kept = {one.person_id: one for one in list_meetings(action)}
    named = {one.person_id for one in met}
    for one in met:
        present = kept.get(one.person_id)
        if present is None or present.attended_by != one.attended_by:
            _put(actor, action, one, present)
    for person_id, meeting in kept.items():
        if person_id not in named:
            _take_out(actor, meeting)


def _put(actor: Actor, action: BranchAction, met: Met, present: ReportMeeting | None) -> None:
    engagement = _log(actor, action, met)
    if present is not None:
        present.attended_by = met.attended_by
        return
    db.session.add(
        ReportMeeting(
            action_id=action.id,
            person_id=met.person_id,
            engagement_id=engagement.id,
            attended_by=met.attended_by,
        )
    )
    db.session.flush()


def _log(actor: Actor, action: BranchAction, met: Met) -> Engagement:
    """The line of the contact log: found again by its key, put back where it was taken out, and true to who was there."""
    draft = _draft(action, met)
    person = find(Person, met.person_id)
    if person is None:
        raise Invalid("There is no such representative.", met="Choose the representative from the list.")
    assert draft.happened_on is not None
    if not was_in_office(met.person_id, draft.happened_on):
        words = _("%(name)s held no office on that day, as far as we know.", name=person.name)
        raise Invalid(words, met=words)
    earlier = find_submitted(actor, draft.submission_key)
    if earlier is None:
        return log_confirmed(actor, draft)
    if earlier.withdrawn_at is not None:
        restore_engagement(actor, earlier.id)
    if earlier.attended_by != met.attended_by:
        _correct(actor, earlier, met.attended_by)
    return earlier


def _correct(actor: Actor, engagement: Engagement, attended_by: str) -> None:
    """Who was there, and nothing else: a line that somebody has worked on since keeps their words and note."""
    found, note = open_for_editing(actor, engagement.id, lock=True)
    kept: dict[str, Any] = kept_values(found, note)
    draft = EngagementDraft(
        person_id=found.person_id, submission_key=new_id(), **kept | {"attended_by": attended_by}
    )
    try:
        edit_engagement(actor, found.id, draft, version=found.version)
    except NeedsConfirmation as question:
        keys = [one.key for one in question.cautions]
        edit_engagement(actor, found.id, draft, version=found.version, confirmed=keys)


def log_confirmed(actor: Actor, draft: EngagementDraft) -> Engagement:
    """Log what holds nothing but a headline that partners read already: nothing is left to ask."""
    try:
        return log_engagement(actor, draft).engagement
    except NeedsConfirmation as question:
        keys = [one.key for one in question.cautions]
    return log_engagement(actor, draft, confirmed=keys).engagement


def _draft(action: BranchAction, met: Met) -> EngagementDraft:
    staff = met.attended_by == "staff"
    words = (
        _("Met their staff at “%(title)s”, %(area)s", title=action.title, area=action.area)
        if staff
        else _("Met at “%(title)s”, %(area)s", title=action.title, area=action.area)
    )
    return EngagementDraft(
        person_id=met.person_id,
        happened_on=action.starts_at.astimezone(LONDON).date(),
        kind=CONTACTS.get(Kind(action.kind), EngagementKind.EVENT),
        headline=words,
        attended_by=met.attended_by,
        submission_key=meeting_key(action.id, met.person_id),
    )


def meeting_key(action_id: UUID, person_id: UUID) -> UUID:
    """The one key under which this meeting at this action is logged, whoever sends it and however often."""
    return uuid5(action_id, f"met/{person_id}")


def _take_out(actor: Actor, meeting: ReportMeeting) -> None:
    # Another branch's line: they alone take it out of the log. This report names nobody any more.
    with suppress(Forbidden, Conflict):
        withdraw_engagement(actor, meeting.engagement_id)
    db.session.delete(meeting)
    db.session.flush()
