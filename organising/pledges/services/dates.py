"""Drives that open and close at a time of London's clock."""

from dataclasses import dataclass
from datetime import datetime

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.errors import Conflict, Invalid
from ...safeguards.practice import check_live, may_keep_people
from ..models import DriveStatus, PledgeDrive
from ..queries import list_due_drives
from .drives import check_own


@dataclass(frozen=True)
class Dates:
    """When a drive opens and closes by itself; ``None``: not by itself."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_announced: bool = False


def set_dates(actor: Actor, drive: PledgeDrive, dates: Dates) -> bool:
    """Choose when it opens and closes; returns whether that changed anything. Raises :class:`Invalid` naming fields."""
    check_own(actor, drive)
    if drive.status == DriveStatus.ARCHIVED:
        raise Conflict("This pledge has ended for good.")
    before = Dates(drive.opens_at, drive.closes_at, drive.is_announced)
    if dates == before:
        return False
    wrong = _wrong(drive, dates, now())
    if wrong:
        raise Invalid(" ".join(wrong.values()), **wrong)
    drive.opens_at, drive.closes_at, drive.is_announced = dates.opens_at, dates.closes_at, dates.is_announced
    if dates.opens_at is not None:
        check_live(actor)
    record(
        actor,
        "pledge_drive.scheduled",
        "pledge_drive",
        drive.id,
        opens_at=dates.opens_at and dates.opens_at.isoformat(),
        closes_at=dates.closes_at and dates.closes_at.isoformat(),
    )
    return True


def turn_due_drives(actor: Actor, at: datetime) -> int:
    """Open and close what is due in the actor's organisation; returns how many that were. Twice without harm."""
    turned = 0
    may_open = may_keep_people(actor.organisation_id)
    for drive in list_due_drives(at):
        if drive.opens_at is not None and drive.opens_at <= at and not may_open:
            # It opens with the first sweep after the organisation has gone live.
            continue
        verb = drive.turn(at)
        if verb is not None:
            record(actor, f"pledge_drive.{verb}", "pledge_drive", drive.id, by="schedule")
            turned += 1
    return turned


def _wrong(drive: PledgeDrive, dates: Dates, at: datetime) -> dict[str, str]:
    """What can't be meant, by field."""
    wrong = {}
    if dates.opens_at is not None and drive.status == DriveStatus.OPEN:
        wrong["opens_at"] = "It is open already. Leave this empty."
    elif dates.opens_at is not None and dates.opens_at <= at:
        wrong["opens_at"] = "Choose a time that is still to come."
    if dates.closes_at is not None and dates.closes_at <= at:
        wrong["closes_at"] = "Choose a time that is still to come."
    elif dates.closes_at is not None and dates.opens_at is not None and dates.closes_at <= dates.opens_at:
        wrong["closes_at"] = "It closes before it opens. Choose a later time."
    elif dates.closes_at is not None and dates.opens_at is None and drive.status != DriveStatus.OPEN:
        wrong["closes_at"] = "It is not open. Say when it opens too, or open it first."
    if dates.is_announced and dates.opens_at is None:
        wrong["is_announced"] = "Say when it opens, so that it can be announced."
    return wrong
