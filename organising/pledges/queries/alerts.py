"""Reading the own organisation's alerts, and who was told of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ...platform.db import db
from ..models import DriveStatus, PledgeAlert, PledgeAlertNotice, PledgeDrive


def list_alerts(drive_id: UUID, at: datetime) -> list[PledgeAlert]:
    """A drive's alerts that still stand, the newest first."""
    statement = select(PledgeAlert).where(
        PledgeAlert.drive_id == drive_id, PledgeAlert.ends_at > at, PledgeAlert.dismissed_at.is_(None)
    )
    return list(db.session.scalars(statement.order_by(PledgeAlert.created_at.desc(), PledgeAlert.id)))


def list_standing_alerts(at: datetime) -> list[PledgeAlert]:
    """All alerts of the current organisation that still stand."""
    statement = select(PledgeAlert).where(PledgeAlert.ends_at > at, PledgeAlert.dismissed_at.is_(None))
    return list(db.session.scalars(statement))


def list_alert_readers(alert_id: UUID) -> set[UUID]:
    """Who of the current organisation has been written to about an alert."""
    statement = select(PledgeAlertNotice.user_id).where(PledgeAlertNotice.alert_id == alert_id)
    return set(db.session.scalars(statement))


def list_open_drives() -> list[PledgeDrive]:
    """The drives that take signatures, of the current organisation's campaigns."""
    return list(db.session.scalars(select(PledgeDrive).where(PledgeDrive.status == DriveStatus.OPEN)))
