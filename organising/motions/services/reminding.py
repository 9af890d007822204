"""Mail before an agenda's deadline: once to each who looks after the motion. No mail holds a word of the text or who moves it, since
mail passes through other hands. Who stopped the daily digest gets none of these either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.lobbying.digest_links import digest_token
from organising.lobbying.queries.digest import find_digest_setting
from organising.motions.models import Motion, MotionDetail, MotionNotice
from organising.motions.queries.motions import NEAR
from organising.motions.states import State
from organising.organisations.queries import in_reach, list_people
from organising.organisations.queries.officers import list_present_officers
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.permissions import Permission
from organising.platform.ui import longdate

# Not on the agenda yet: what the deadline is about.
WAITING = (State.DRAFTED, State.SUBMITTED)


@dataclass(frozen=True)
class Reminder:
    """One mail that is due: to whom, about which motion."""

    user_id: UUID
    stamp: str
    mail: OutgoingMail


def list_due(day: date) -> Sequence[UUID]:
    """The session's organisation's motions that are on no agenda, and whose deadline is near."""
    return db.session.scalars(
        select(Motion.id)
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(Motion.state.in_(WAITING), MotionDetail.deadline_on.between(day, day + NEAR))
        .order_by(MotionDetail.deadline_on, Motion.id)
    ).all()


def list_unreminded(organisation_id: UUID, day: date) -> list[UUID]:
    """Those of which somebody who looks after them was not told yet."""
    actor = Actor.system(organisation_id)
    return [motion_id for motion_id in list_due(day) if list_reminders(actor, motion_id, day)]


def list_reminders(actor: Actor, motion_id: UUID, day: date) -> list[Reminder]:
    """The mails about one motion that were not sent: to its lead, else to the officers of its unit, else to whoever wrote it."""
    row = db.session.execute(
        select(Motion, MotionDetail)
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(Motion.id == motion_id, Motion.state.in_(WAITING))
    ).one_or_none()
    if row is None:
        return []
    motion, detail = row.Motion, row.MotionDetail
    if detail.deadline_on is None or not day <= detail.deadline_on <= day + NEAR:
        return []
    stamp = f"deadline/{motion.id}/{detail.deadline_on.isoformat()}"
    return [
        Reminder(person.user_id, stamp, _compose(person, email, motion, detail.deadline_on))
        for person, email in _whom(actor, detail)
        if person.user_id is not None and _wants(person) and not _is_told(person.user_id, stamp)
    ]


def _whom(actor: Actor, detail: MotionDetail) -> list[tuple[Actor, str]]:
    people = list_people(
        actor.organisation_id, Permission.MOTIONS_DRAFT, organisation_name=actor.organisation_name
    )
    able = {person.user_id: (person, email) for person, email in people if in_reach(person, detail.unit_id)}
    officers = list_present_officers([detail.unit_id]) if detail.unit_id is not None else ()
    for user_ids in ([detail.lead_user_id], [one.user_id for one in officers], [detail.created_by]):
        found = [able[one] for one in dict.fromkeys(user_ids) if one in able]
        if found:
            return found
    return []


def _wants(person: Actor) -> bool:
    assert person.user_id is not None
    setting = find_digest_setting(person.organisation_id, person.user_id)
    return setting is None or setting.stopped_at is None


def _is_told(user_id: UUID, stamp: str) -> bool:
    told = select(MotionNotice.id).where(MotionNotice.user_id == user_id, MotionNotice.stamp == stamp)
    return db.session.scalar(told) is not None


def _compose(person: Actor, email: str, motion: Motion, deadline: date) -> OutgoingMail:
    assert person.user_id is not None
    values = {"name": person.display_name, "body": motion.body, "day": longdate(deadline)}
    missing = (
        _("It is still a draft: nobody has sent it in.")
        if motion.state == State.DRAFTED
        else _("Nobody has noted yet that it is on the agenda.")
    )
    stop = address_of_page("lobbying.stop_digest", token=digest_token(person.organisation_id, person.user_id))
    parts = [
        _("Hello %(name)s,", **values),
        _("%(body)s takes motions until %(day)s, and one of yours is for it.", **values) + " " + missing,
        address_of_page("motions.show", motion_id=str(motion.id)),
        _("You get this once for a deadline. To stop mail about what is due:\n%(link)s", link=stop),
    ]
    subject = _("Motions by %(day)s: %(body)s", **values)
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")
