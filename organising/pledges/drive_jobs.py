"""What time and the count do to drives: they open and close, and their milestones are reached and told."""

from uuid import UUID

from ..organisations.queries import list_people
from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.notices import Notice, tell
from ..platform.queue import each_organisation, job, periodic, ring_in_each
from ..platform.tenancy import Context, use_context
from .models import PledgeMilestone, PledgeMilestoneNotice
from .queries import list_news, list_told, list_unreached
from .services.dates import turn_due_drives
from .services.milestones import (
    compose_notice,
    permission_told,
    reach_milestones,
)

TELL = "organising.pledges.drive_jobs.tell_milestone"


@periodic(every_seconds=30)
def sweep_dates() -> None:
    """Open and close drives whose time has come."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            if turn_due_drives(Actor.system(organisation_id), at):
                db.session.commit()


@periodic(every_seconds=30)
def sweep_milestones() -> None:
    """Mark the milestones that the published count has reached, and ring for those who are to be told."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for drive in list_unreached(organisation_id):
                reach_milestones(Actor.system(organisation_id), drive, at)
            db.session.commit()
    ring_in_each(TELL, purpose="milestone", queue="mail", find=_list_to_tell)


@job(purpose="milestone")
def tell_milestone(actor: Actor, row_id: UUID) -> None:
    """Write to each of this organisation who is to know of a milestone and was not told. ``row_id``: it."""
    milestone = find(PledgeMilestone, row_id)
    if milestone is None or milestone.reached_at is None:
        return
    told = list_told(milestone.id)
    for person, email in _to_tell(milestone, actor.organisation_id, actor.organisation_name):
        if person.user_id not in told:
            _tell(person, email, milestone)


def _tell(person: Actor, email: str, milestone: PledgeMilestone) -> None:
    notice = Notice(
        PledgeMilestoneNotice,
        organisation_id=person.organisation_id,
        milestone_id=milestone.id,
        user_id=person.user_id,
    )
    tell(compose_notice(person, email, milestone), notice, what="milestone_notice")


def _list_to_tell(organisation_id: UUID) -> list[UUID]:
    found = []
    for milestone in list_news(now()):
        people = {person.user_id for person, _ in _to_tell(milestone, organisation_id)}
        if people - list_told(milestone.id):
            found.append(milestone.id)
    return found


def _to_tell(milestone: PledgeMilestone, organisation_id: UUID, name: str = "") -> list[tuple[Actor, str]]:
    permission = permission_told(milestone, organisation_id)
    if permission is None:
        return []
    return list_people(organisation_id, permission, organisation_name=name, campaign_id=milestone.campaign_id)
