"""Counting: the definer functions, called by name. What they read stays with them; what they publish is for all."""

from uuid import UUID

from sqlalchemy import text

from ...platform.db import db


def count_drive(drive_id: UUID) -> int:
    """Roll up what has been committed since the last time, and publish it; returns how many ballots that were.

    Signatures of transactions still running are left for the next time, so no signature is missed or counted twice.
    """
    seen = int(db.session.scalar(text("SELECT app.roll_up(:d)"), {"d": drive_id}) or 0)
    if seen:
        publish_drive(drive_id)
    return seen


def publish_drive(drive_id: UUID) -> None:
    """Write the published table anew: rounded for the public; for partners what none can subtract itself from."""
    db.session.execute(text("SELECT app.publish(:d)"), {"d": drive_id})


def verify_drive(drive_id: UUID) -> bool:
    """Recount a drive from its ballots; returns whether the tally agreed. One that did not is repaired, published."""
    agreed = bool(db.session.scalar(text("SELECT app.verify_tally(:d)"), {"d": drive_id}))
    if not agreed:
        publish_drive(drive_id)
    return agreed


def list_drives_to_count() -> list[UUID]:
    """Drives with ballots that the tally has not seen."""
    return list(db.session.scalars(text("SELECT app.drives_to_count()")))


def list_counted_drives() -> list[UUID]:
    """Drives that have a tally, for the verifier."""
    return list(db.session.scalars(text("SELECT app.drives_counted()")))
