"""How far partners' circles overlap: who takes part, and the counter's tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ...lobbying.models.shared import in_campaign
from ...platform.clock import now
from ...platform.db import Aggregate, db
from ...safeguards.models import Lasting


class OverlapPart(Lasting, db.Model):
    """That an organisation lets its contacts be counted with its partners', from ``created_at`` until ``ended_at``."""

    __tablename__ = "overlap_part"
    __table_args__: Any = (
        in_campaign(),
        Index(
            "uq_overlap_part_open",
            "campaign_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class OverlapToken(Aggregate, db.Model):
    """A person of one organisation during one count: a hash whose key is in memory alone. Deleted as it is published."""

    __tablename__ = "overlap_token"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_key: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class OverlapTotal(Aggregate, db.Model):
    """What was published for a quarter, in tens and with noise; ``people`` None: too few to tell."""

    __tablename__ = "overlap_total"
    __table_args__: Any = (CheckConstraint("people % 10 = 0", name="tens"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    quarter: Mapped[date] = mapped_column(primary_key=True)
    partners: Mapped[int]
    people: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
