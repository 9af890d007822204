"""Reading what was taken out of the own count."""

from uuid import UUID

from sqlalchemy import select

from ...platform.db import db
from ..models import PledgeInvalidation


def list_invalidations(drive_id: UUID) -> list[PledgeInvalidation]:
    """The own organisation's decisions about a drive's signatures, newest first."""
    statement = select(PledgeInvalidation).where(PledgeInvalidation.drive_id == drive_id)
    return list(
        db.session.scalars(statement.order_by(PledgeInvalidation.created_at.desc(), PledgeInvalidation.id))
    )
