"""Whom a carried motion was sent to: a representative or an institution (the contact log tells it too), or anybody else."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from flask_babel import gettext as _
from sqlalchemy import select

from organising.actions.services.report_meetings import log_confirmed
from organising.lobbying.models import HEADLINE_LENGTH, Attendance
from organising.lobbying.queries.members import was_in_office
from organising.lobbying.services import EngagementDraft, withdraw_engagement
from organising.motions.models import Motion, MotionForwarding, NotNow, SentBy
from organising.motions.states import State
from organising.motions.words import forum_words
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from organising.representatives.models import Institution, Person

from .rules import Taken, check_day, check_version, note, take

LONGEST = {"recipient": 200, "note": 4_000}


@dataclass(frozen=True)
class Forwarding:
    """To exactly one of ``person_id``, ``institution_id`` and, for everybody else, ``recipient``. The note stays private."""

    sent_on: date
    sent_by: str
    person_id: UUID | None = None
    institution_id: UUID | None = None
    recipient: str = ""
    note: str = ""


def forward_motion(
    actor: Actor,
    motion_id: UUID,
    version: int,
    forwarding: Forwarding,
    key: UUID,
    *,
    at: datetime | None = None,
) -> Motion:
    """Write down whom it was sent to. The same ``key`` again changes nothing. Raises ``Invalid``, ``NotNow``."""
    taken = take(actor, motion_id, "forward")
    motion, moment = taken.motion, at or now()
    sent = select(MotionForwarding.id).where(MotionForwarding.submission_key == key)
    if db.session.scalar(sent) is not None:
        return motion
    check_version(motion, version)
    if not motion.is_counted:
        raise NotNow("Only what a body carried is forwarded.", state=motion.state, verb="forward")
    _check(motion, forwarding)
    row = MotionForwarding(
        id=new_id(),
        organisation_id=motion.organisation_id,
        motion_id=motion.id,
        submission_key=key,
        person_id=forwarding.person_id,
        institution_id=forwarding.institution_id,
        engagement_id=_log(actor, motion, forwarding, key),
        sent_on=forwarding.sent_on,
        sent_by=forwarding.sent_by,
        author_label=actor.author_label,
        created_at=moment,
    )
    row.recipient = forwarding.recipient.strip() or None
    db.session.add(row)
    if not motion.forward(moment):
        motion.version += 1
    note(actor, taken, "forwarded", moment, comment=None if row.engagement_id else forwarding.note)
    return motion


def take_forwarding_back(
    actor: Actor, motion_id: UUID, forwarding_id: UUID, *, at: datetime | None = None
) -> Motion:
    """It was not sent there after all: the line goes from the contact log too; without another, the motion is carried as it was."""
    taken = take(actor, motion_id, "take_forwarding_back")
    row = db.session.scalars(
        select(MotionForwarding).where(
            MotionForwarding.id == forwarding_id, MotionForwarding.motion_id == motion_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.engagement_id is not None:
        # Another branch's line: they alone take it out of the log.
        with suppress(Forbidden, Conflict):
            withdraw_engagement(actor, row.engagement_id)
    db.session.delete(row)
    db.session.flush()
    moment = at or now()
    _settle(taken, moment)
    note(actor, taken, "forwarding_taken_back", moment)
    return taken.motion


def _settle(taken: Taken, at: datetime) -> None:
    motion = taken.motion
    left = select(MotionForwarding.id).where(MotionForwarding.motion_id == motion.id).limit(1)
    if motion.state == State.FORWARDED and db.session.scalar(left) is None:
        motion.take_forwarding_back(at)
    else:
        motion.version += 1


def _check(motion: Motion, forwarding: Forwarding) -> None:
    to = (forwarding.person_id, forwarding.institution_id, forwarding.recipient.strip() or None)
    if sum(one is not None for one in to) != 1:
        raise Invalid("Say to whom.", subject="Name one: a representative, an institution, or somebody else.")
    if forwarding.sent_by not in set(SentBy):
        raise Invalid("There is no such way.", sent_by="Choose by what it was sent.")
    for name, longest in LONGEST.items():
        if len(getattr(forwarding, name)) > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
    check_day("sent_on", forwarding.sent_on, past=True)
    if motion.decided_on is not None and forwarding.sent_on < motion.decided_on:
        raise Invalid("It was not carried then.", sent_on="It was carried later than that.")
    if forwarding.person_id is not None:
        person = find(Person, forwarding.person_id)
        if person is None:
            raise Invalid("There is no such representative.", subject="Choose them from the list.")
        if not was_in_office(person.id, forwarding.sent_on):
            words = _("%(name)s held no office on that day, as far as we know.", name=person.name)
            raise Invalid(words, subject=words)
    if forwarding.institution_id is not None and find(Institution, forwarding.institution_id) is None:
        raise Invalid("There is no such institution.", subject="Choose it from the list.")


def _log(actor: Actor, motion: Motion, forwarding: Forwarding, key: UUID) -> UUID | None:
    """The line of the contact log: a headline of words that partners read already, and the note for one's own people."""
    if forwarding.person_id is None and forwarding.institution_id is None:
        return None
    what = _(
        "Sent them a motion that was carried: %(body)s (%(forum)s)",
        body=motion.body,
        forum=forum_words(motion.forum).lower(),
    )
    draft = EngagementDraft(
        person_id=forwarding.person_id,
        institution_id=forwarding.institution_id,
        happened_on=forwarding.sent_on,
        kind=forwarding.sent_by,
        headline=what[:HEADLINE_LENGTH],
        attended_by=Attendance.MEMBER if forwarding.sent_by == SentBy.MEETING else Attendance.NONE,
        submission_key=uuid5(key, "forwarded"),
        note=forwarding.note.strip(),
    )
    return log_confirmed(actor, draft).id
