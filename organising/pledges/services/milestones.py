"""Milestones: written before they are reached, reached once, and told once to each who is to know."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db, find, new_id
from ...platform.discretion import SMALL
from ...platform.errors import Conflict, Forbidden, Invalid, NotFound
from ...platform.links import address_of_page
from ...platform.message import OutgoingMail
from ...platform.permissions import Permission
from ...platform.ui import number
from ..models import DriveStatus, PledgeDrive, PledgeMilestone, Told
from ..queries import count_published
from .drives import check_own


@dataclass(frozen=True)
class MilestoneGiven:
    """What a coordinator writes about a milestone. ``banner``: no words, no banner; ``others``: by language."""

    number: int
    told: str = Told.COORDINATORS
    banner: str = ""
    banner_days: int = 7
    others: dict[str, str] = field(default_factory=dict)


def save_milestone(
    actor: Actor, drive: PledgeDrive, given: MilestoneGiven, milestone_id: UUID | None = None
) -> PledgeMilestone:
    """Add a milestone, or change one that is not reached yet. Raises :class:`Invalid` with ``number`` saying why not."""
    check_own(actor, drive)
    if drive.status == DriveStatus.ARCHIVED:
        raise Conflict("This pledge has ended for good.")
    if given.number < SMALL:
        _refuse(f"A milestone is at {SMALL} people or more: smaller numbers are never told.")
    if given.number <= count_published(drive.id):
        _refuse("The published count has passed that already. Choose a number that is still to be reached.")
    milestone = (
        PledgeMilestone(
            id=new_id(), campaign_id=drive.campaign_id, author_label=actor.author_label, drive_id=drive.id
        )
        if milestone_id is None
        else get_open_milestone(actor, drive, milestone_id)
    )
    milestone.number, milestone.told = given.number, given.told
    milestone.banner, milestone.banner_days = given.banner, given.banner_days
    for language, words in given.others.items():
        setattr(milestone, f"banner_{language}", words)
    try:
        with db.session.begin_nested():
            db.session.add(milestone)
            db.session.flush()
    except IntegrityError:
        _refuse("There is a milestone at this number already.")
    record(actor, "pledge_milestone.saved", "pledge_milestone", milestone.id, number=given.number)
    return milestone


def remove_milestone(actor: Actor, drive: PledgeDrive, milestone_id: UUID) -> None:
    """Take a milestone away that is not reached yet."""
    milestone = get_open_milestone(actor, drive, milestone_id)
    db.session.delete(milestone)
    record(actor, "pledge_milestone.removed", "pledge_milestone", milestone.id, number=milestone.number)


def take_banner_down(actor: Actor, drive: PledgeDrive, milestone_id: UUID, at: datetime) -> bool:
    """End a banner before its days are over; returns whether that changed anything."""
    check_own(actor, drive)
    milestone = _get(drive, milestone_id)
    if milestone.banner_until is None or milestone.banner_until <= at:
        return False
    milestone.banner_until = at
    record(actor, "pledge_milestone.banner_ended", "pledge_milestone", milestone.id)
    return True


def get_open_milestone(actor: Actor, drive: PledgeDrive, milestone_id: UUID) -> PledgeMilestone:
    """A milestone that can still be changed, held until the commit. Raises :class:`Conflict` once it was reached."""
    check_own(actor, drive)
    milestone = _get(drive, milestone_id)
    db.session.refresh(milestone, with_for_update=True)
    if milestone.reached_at is not None:
        raise Conflict("This milestone was reached: it is history, and cannot be changed.")
    return milestone


def reach_milestones(actor: Actor, drive: PledgeDrive, at: datetime) -> list[PledgeMilestone]:
    """Mark what the published count has reached; returns those that this call marked.

    Whoever comes second finds the row held or marked, so that each is reached once, however many workers run.
    """
    statement = (
        select(PledgeMilestone)
        .where(
            PledgeMilestone.drive_id == drive.id,
            PledgeMilestone.reached_at.is_(None),
            PledgeMilestone.number <= count_published(drive.id),
        )
        .with_for_update(skip_locked=True)
    )
    reached = list(db.session.scalars(statement))
    for milestone in reached:
        milestone.reached_at = at
        milestone.banner_until = at + timedelta(days=milestone.banner_days) if milestone.banner else None
        record(actor, "pledge_milestone.reached", "pledge_milestone", milestone.id, number=milestone.number)
    return reached


def permission_told(milestone: PledgeMilestone, organisation_id: UUID) -> Permission | None:
    """Whoever holds this permission in an organisation is told; ``None``: nobody there."""
    if milestone.told == Told.ORGANISERS:
        return Permission.SIGNERS_VIEW
    if milestone.told == Told.COORDINATORS and milestone.organisation_id == organisation_id:
        return Permission.CAMPAIGN_EDIT
    return None


def compose_notice(person: Actor, email: str, milestone: PledgeMilestone) -> OutgoingMail:
    """The mail: that the number was passed, never the count itself, which moves and may be withheld."""
    drive = db.session.get_one(PledgeDrive, milestone.drive_id)
    values = {"title": drive.title, "number": number(milestone.number), "name": person.display_name}
    parts = [
        _("Hello %(name)s,", **values),
        _("“%(title)s” has passed %(number)s signatures, counted once across all partners.", **values),
        _("See how it grew, as far as it may be told:")
        + "\n"
        + address_of_page("pledges.index", drive=str(drive.id)),
    ]
    if milestone.banner:
        parts.append(_("The public page now says:") + f"\n{milestone.banner}")
    parts.append(_("You get this once for each milestone."))
    subject = _("%(number)s signatures: %(title)s", **values)
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")


def _get(drive: PledgeDrive, milestone_id: UUID) -> PledgeMilestone:
    milestone = find(PledgeMilestone, milestone_id)
    if milestone is None or milestone.drive_id != drive.id:
        raise NotFound
    if milestone.organisation_id != drive.organisation_id:
        raise Forbidden("Only the organisation that made this pledge can change it.")
    return milestone


def _refuse(words: str) -> None:
    raise Invalid(words, number=words)
