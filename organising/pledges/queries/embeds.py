"""Reading where the pledge is shown, and by which links one's own signers came."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from ...organisations.models import Unit
from ...platform.db import db
from ..models import EmbedOrigin, Part, Pledge
from .signers import standing


@dataclass(frozen=True)
class SourceTotal:
    """How many of one's own signers came by one channel, unit and named link."""

    channel: str
    unit: str | None
    source: str | None
    number: int


def list_origins(campaign_id: UUID | None, organisation_id: UUID) -> list[EmbedOrigin]:
    """The sites in whose frames this organisation's form may stand, by name."""
    statement = select(EmbedOrigin).where(
        EmbedOrigin.campaign_id == campaign_id, EmbedOrigin.organisation_id == organisation_id
    )
    return list(db.session.scalars(statement.order_by(EmbedOrigin.origin)))


def count_sources(drive_id: UUID) -> list[SourceTotal]:
    """One's own signers of a drive by channel, unit and link: exact, from one's own rows, for nobody else."""
    statement = (
        select(Pledge.channel, Unit.name, Pledge.source, func.count())
        .outerjoin(Unit, (Unit.organisation_id == Pledge.organisation_id) & (Unit.id == Pledge.unit_id))
        .where(Pledge.drive_id == drive_id, Pledge.part == Part.COLLECTED, standing())
        .group_by(Pledge.channel, Unit.name, Pledge.source)
        .order_by(func.count().desc(), Pledge.channel, Unit.name, Pledge.source)
    )
    return [SourceTotal(*row) for row in db.session.execute(statement)]
