"""The private part of a report."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from .headline import MOST_COUNTED, OWN_ACTION


class ActionReport(Owned, db.Model):
    """The private part of a report. ``submission_key`` comes from the form: sent twice, it is kept once."""

    __tablename__ = "action_report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "action_id"),
        UniqueConstraint("organisation_id", "submission_key"),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        CheckConstraint(f"leaflets BETWEEN 0 AND {MOST_COUNTED}", name="leaflets"),
        CheckConstraint(f"representatives_met BETWEEN 0 AND {MOST_COUNTED}", name="representatives_met"),
    )

    action_id: Mapped[UUID]
    submission_key: Mapped[UUID]
    reported_by: Mapped[UUID | None]
    leaflets: Mapped[int | None]
    representatives_met: Mapped[int | None]
    incidents_cipher: Mapped[bytes | None]
    follow_ups_cipher: Mapped[bytes | None]

    incidents = Sealed("incidents_cipher")
    follow_ups = Sealed("follow_ups_cipher")
