"""What an update goes to: a question about one's own signers, never a list of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Lent, db
from organising.pledges.models import Sector


class PledgeUpdate(Lent, db.Model):
    """An update to the signers of one drive, beside its mailing and lent with it. No row names anybody.

    ``unit_label`` is the unit's name beside its key: units are owned, and who signs off reads for whom it is.
    ``as_of`` is when sign-off was asked for: who agrees later is not among those it was signed off for.
    """

    __tablename__ = "pledge_update"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("organisation_id", "mailing_id"),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        Index(None, "organisation_id", "drive_id"),
        CheckConstraint("(unit_id IS NULL) = (unit_label IS NULL)", name="unit_label"),
        one_of("sector", Sector),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    drive_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_drive.id"))
    sector: Mapped[str | None]
    constituency_code: Mapped[str | None]
    unit_id: Mapped[UUID | None]
    unit_label: Mapped[str | None]
    since: Mapped[date | None]
    as_of: Mapped[datetime | None]
