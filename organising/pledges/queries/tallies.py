"""Reading tallies as published, and the own figures exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text

from ...platform.db import db
from ...platform.errors import NotFound
from ..models import (
    Kind,
    Part,
    Pledge,
    PledgeDrive,
    PledgeState,
    TallyCheck,
    TallyFrozen,
    TallyPublished,
)
from .signers import standing


@dataclass(frozen=True)
class PublishedTally:
    """A tally as shown, in full tens of each organisation; cells under ten are left out.

    ``total`` is ``None`` where no organisation has ten; ``as_of`` is, where nothing was published.
    """

    total: int | None = None
    as_of: datetime | None = None
    cells: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def by(self, dimension: str) -> dict[str, int | None]:
        """Cells of one dimension: cell to number, ``None`` for a cell that is not shown."""
        return self.cells.get(dimension, {})


def read_tally(
    drive_id: UUID, audience: str = "public", kind: str = Kind.CONFIRMED, *, by_constituency: bool = False
) -> PublishedTally:
    """The published tally for ``public`` or ``coalition``; empty where nothing was published yet.

    ``day`` is what the published total rose by on that day. Some 650 constituencies are read only where asked for.
    """
    wanted = [
        TallyPublished.drive_id == drive_id,
        TallyPublished.audience == audience,
        TallyPublished.kind == kind,
    ]
    if not by_constituency:
        wanted.append(TallyPublished.dimension != "constituency")
    rows = db.session.execute(
        select(TallyPublished.dimension, TallyPublished.cell, TallyPublished.n, TallyPublished.as_of)
        .where(*wanted)
        .order_by(TallyPublished.dimension, TallyPublished.cell)
    ).all()
    cells: dict[str, dict[str, int | None]] = {}
    for row in rows:
        cells.setdefault(row.dimension, {})[row.cell] = row.n
    total = cells.pop("all", {}).get("all")
    cells["day"] = _steps(cells.get("running", {}))
    return PublishedTally(total, max((row.as_of for row in rows), default=None), cells)


def _steps(running: Mapping[str, int | None]) -> dict[str, int | None]:
    days = sorted((day, n or 0) for day, n in running.items())
    before = [0, *(n for _, n in days)]
    return {day: n - last for (day, n), last in zip(days, before, strict=False) if n != last}


def list_shown_units(drive_id: UUID) -> dict[str, tuple[UUID, str]]:
    """The units of any partner that have a cell in the coalition's table: unit id to organisation and name.

    A name is told with its first ten, and not before: a partner's other units are its own.
    """
    rows = db.session.execute(
        text("SELECT id, organisation_id, name FROM app.units_shown(:d)"), {"d": drive_id}
    )
    return {str(row.id): (UUID(str(row.organisation_id)), row.name) for row in rows}


def find_check(drive_id: UUID) -> TallyCheck | None:
    """When the tally was last compared with a recount, and when it last had to be repaired."""
    return db.session.get(TallyCheck, drive_id)


def list_frozen(drive_id: UUID) -> list[date]:
    """The days whose figures were kept, newest first."""
    statement = select(TallyFrozen.day).where(TallyFrozen.drive_id == drive_id)
    return list(db.session.scalars(statement.order_by(TallyFrozen.day.desc())))


def get_frozen(drive_id: UUID, day: date) -> dict[str, PublishedTally]:
    """The figures kept on a day, by kind. Raises :class:`NotFound`."""
    frozen = db.session.get(TallyFrozen, (drive_id, day))
    if frozen is None:
        raise NotFound
    return {kind: _of_figures(frozen, kind) for kind in Kind}


def _of_figures(frozen: TallyFrozen, kind: str) -> PublishedTally:
    cells: dict[str, dict[str, int | None]] = {}
    for its_kind, dimension, cell, n in frozen.figures:
        if its_kind == kind:
            cells.setdefault(dimension, {})[cell] = n
    total = cells.pop("all", {}).get("all")
    return PublishedTally(total, frozen.as_of, cells)


@dataclass(frozen=True)
class PublishedCell:
    """One cell of a drive's coalition tally; ``n`` None where it is not shown or nobody is in it."""

    title: str
    n: int | None
    as_of: datetime


def list_cells(campaign_id: UUID | None, dimension: str, cell: str) -> list[PublishedCell]:
    """One cell of every drive of the campaign that is counted by this dimension, by title."""
    shown = TallyPublished.n
    statement = (
        select(
            PledgeDrive.title,
            func.max(shown).filter(TallyPublished.cell == cell),
            func.max(TallyPublished.as_of),
        )
        .join(TallyPublished, TallyPublished.drive_id == PledgeDrive.id)
        .where(
            PledgeDrive.campaign_id == campaign_id,
            TallyPublished.audience == "coalition",
            TallyPublished.kind == Kind.CONFIRMED,
            TallyPublished.dimension == dimension,
        )
        .group_by(PledgeDrive.id, PledgeDrive.title)
        .order_by(PledgeDrive.title)
    )
    return [PublishedCell(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class OwnTotals:
    """The organisation's own figures, exact, from its own rows."""

    total: int
    collected: int
    waiting: int
    by_sector: dict[str, int]
    by_day: dict[str, int]


def count_own(drive_id: UUID) -> OwnTotals:
    """Count the current organisation's own signers of a drive."""
    mine = Pledge.drive_id == drive_id
    day = func.to_char(func.timezone("Europe/London", Pledge.confirmed_at), "YYYY-MM-DD")
    by_sector = _counts(func.coalesce(Pledge.sector, "unallocated"), mine, standing())
    collected = _counts(Pledge.part, mine, standing())
    waiting = _counts(Pledge.state, mine, Pledge.state == PledgeState.PENDING, Pledge.part == Part.COLLECTED)
    return OwnTotals(
        sum(by_sector.values()),
        collected.get(Part.COLLECTED, 0),
        sum(waiting.values()),
        by_sector,
        _counts(day, mine, standing()),
    )


def _counts(key: Any, *conditions: ColumnElement[bool]) -> dict[str, int]:
    statement = select(key, func.count()).select_from(Pledge).where(*conditions).group_by(key)
    return {str(cell): int(n) for cell, n in db.session.execute(statement)}
