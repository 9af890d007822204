"""Mail about organisations that sign: an invitation to those who decide, and a colleague's request to the others of them."""

from uuid import UUID

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.notices import Notice, tell
from ..platform.queue import job, periodic, ring_in_each
from .models import DriveStatus, PledgeDrive, PledgeSignOn, PledgeSignOnInvitation, PledgeSignOnNotice
from .queries.sign_ons import NEWS, find_inside, list_asked, list_told_of, list_unanswered_invitations
from .services.sign_on_news import compose_notice, list_deciders
from .services.sign_ons import TELL_ASKED, TELL_INVITED
from .sign_on_states import SignOnState


@periodic(every_seconds=60)
def sweep_sign_ons() -> None:
    """Ring for what somebody is still to be told of, as far as it is news."""
    ring_in_each(TELL_INVITED, purpose="sign_on_invited", queue="mail", find=_list_invitations)
    ring_in_each(TELL_ASKED, purpose="sign_on_asked", queue="mail", find=_list_requests)


@job(purpose="sign_on_invited")
def tell_invited(actor: Actor, row_id: UUID) -> None:
    """Write to those of the invited organisation who decide. ``row_id``: the invitation."""
    invitation = find(PledgeSignOnInvitation, row_id)
    if invitation is None or invitation.invited_id != actor.organisation_id:
        return
    if row_id not in {one.id for one in list_unanswered_invitations(actor.organisation_id)}:
        return
    _tell(actor, invitation.id, invitation.drive_id, None, None)


@job(purpose="sign_on_asked")
def tell_asked(actor: Actor, row_id: UUID) -> None:
    """Write to those who can approve a colleague's request. ``row_id``: the request."""
    row = find(PledgeSignOn, row_id)
    if row is None or row.organisation_id != actor.organisation_id:
        return
    inside = find_inside(row.id)
    if row.state != SignOnState.INTERNAL_APPROVAL or inside is None:
        return
    _tell(actor, row.id, row.drive_id, row.author_label, inside.asked_by)


def _tell(actor: Actor, about_id: UUID, drive_id: UUID, asked_by: str | None, asker: UUID | None) -> None:
    drive = db.session.get_one(PledgeDrive, drive_id)
    if drive.status == DriveStatus.ARCHIVED:
        return
    told, organisation_id = list_told_of(about_id), actor.organisation_id
    people = list_deciders(organisation_id, actor.organisation_name, drive.campaign_id, but=asker)
    letters = [
        (person.user_id, compose_notice(person, email, drive, asked_by=asked_by))
        for person, email in people
        if person.user_id is not None and person.user_id not in told
    ]
    for user_id, mail in letters:
        notice = Notice(
            PledgeSignOnNotice, organisation_id=organisation_id, about_id=about_id, user_id=user_id
        )
        tell(mail, notice, what="sign_on_notice")


def _list_invitations(organisation_id: UUID) -> list[UUID]:
    oldest = now() - NEWS
    found = [one for one in list_unanswered_invitations(organisation_id) if one.created_at > oldest]
    return [one.id for one in found if _is_untold(organisation_id, one.id, one.campaign_id, None)]


def _list_requests(organisation_id: UUID) -> list[UUID]:
    oldest = now() - NEWS
    return [
        row.id
        for row, inside in list_asked(organisation_id)
        if row.created_at > oldest and _is_untold(organisation_id, row.id, row.campaign_id, inside.asked_by)
    ]


def _is_untold(organisation_id: UUID, about_id: UUID, campaign_id: UUID, asker: UUID | None) -> bool:
    people = {person.user_id for person, _ in list_deciders(organisation_id, "", campaign_id, but=asker)}
    return bool(people - list_told_of(about_id))
