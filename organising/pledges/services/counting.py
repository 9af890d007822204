"""Counting: the definer functions, called by name. What they read stays with them; what they publish is for all."""

from datetime import date
from uuid import UUID

from sqlalchemy import text

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.permissions import Permission
from ..models import PledgeDrive


def count_drive(drive_id: UUID) -> int:
    """Roll up what has been committed since the last time; returns how many ballots that were.

    Signatures of transactions still running are left for the next time, so no signature is missed or counted twice.
    """
    return int(db.session.scalar(text("SELECT app.roll_up(:d)"), {"d": drive_id}) or 0)


def publish_drive(drive_id: UUID) -> None:
    """Write the published table anew, in full tens of each organisation.

    Publish by the clock, not when somebody signed: that a number was looked at again must not tell of one signature.
    """
    db.session.execute(text("SELECT app.publish(:d)"), {"d": drive_id})


def verify_drive(drive_id: UUID) -> bool:
    """Recount a drive from its ballots; returns whether the tally agreed. One that did not is repaired."""
    return compare_drive(drive_id, repair=True) == 0


def compare_drive(drive_id: UUID, *, repair: bool) -> int:
    """How many cells and people of the tally differ from a recount; with ``repair`` they are put right, and it is noted."""
    statement = text("SELECT app.check_tally(:d, :repair)")
    return int(db.session.scalar(statement, {"d": drive_id, "repair": repair}) or 0)


def freeze_drive(actor: Actor, drive: PledgeDrive) -> date:
    """Keep today's published figures for funders under their date; a second time on one day changes nothing.

    Raises :class:`Conflict` while nothing is published.
    """
    actor.check(Permission.CAMPAIGN_EDIT)
    values = {"d": drive.id, "author": actor.author_label}
    day: date | None = db.session.scalar(text("SELECT app.freeze_tally(:d, :author)"), values)
    if day is None:
        raise Conflict("There is no figure to keep yet: no organisation has ten signatures.")
    record(actor, "pledge_tally.frozen", "pledge_drive", drive.id, day=day.isoformat())
    return day


def list_drives_to_count() -> list[UUID]:
    """Drives with ballots that the tally has not seen."""
    return list(db.session.scalars(text("SELECT app.drives_to_count()")))


def list_drives_to_publish() -> list[UUID]:
    """Drives that the public reads."""
    return list(db.session.scalars(text("SELECT app.drives_to_publish()")))


def list_counted_drives() -> list[UUID]:
    """Drives that have a tally, for the verifier."""
    return list(db.session.scalars(text("SELECT app.drives_counted()")))
