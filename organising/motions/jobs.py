"""The clock's part in motions: a mail before an agenda's deadline."""

from functools import partial
from uuid import UUID

from organising.motions.models import MotionNotice
from organising.motions.services.reminding import list_reminders, list_unreminded
from organising.platform.actor import Actor
from organising.platform.clock import day_of_reminders, now
from organising.platform.notices import Notice, tell
from organising.platform.queue import job, periodic, ring_in_each

REMIND = "organising.motions.jobs.remind"


@periodic(every_seconds=900)
def sweep_deadlines() -> None:
    """By day, ring for every motion whose deadline is near and of which somebody was not told."""
    day = day_of_reminders(now())
    if day is not None:
        ring_in_each(REMIND, purpose="remind_of_motion", queue="mail", find=partial(list_unreminded, day=day))


@job(purpose="remind_of_motion")
def remind(actor: Actor, row_id: UUID) -> None:
    """Write to those who look after one motion, each once. ``row_id``: the motion."""
    day = day_of_reminders(now())
    if day is None:
        return
    for one in list_reminders(actor, row_id, day):
        notice = Notice(
            MotionNotice, organisation_id=actor.organisation_id, user_id=one.user_id, stamp=one.stamp
        )
        tell(one.mail, notice, what="motion_notice")
