"""An organisation's own signers in tables: exact, from its own rows, and for nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ...organisations.models import Unit
from ...platform.db import db
from ...representatives.models import Area, AreaKind
from ..models import Kind, Pledge, PledgeState
from .signers import standing

UNALLOCATED = "unallocated"


@dataclass(frozen=True)
class OwnTable:
    """People by two of what is known of them: ``(row, column)`` to number; one column ``all`` where only rows are asked for."""

    cells: Mapping[tuple[str, str], int]
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def row_total(self, row: str) -> int:
        return sum(n for (named, _), n in self.cells.items() if named == row)

    def column_total(self, column: str) -> int:
        return sum(n for (_, named), n in self.cells.items() if named == column)

    @property
    def total(self) -> int:
        return sum(self.cells.values())


def _region() -> Any:
    return (
        select(Area.region)
        .where(Area.kind == AreaKind.WESTMINSTER, Area.gss_code == Pledge.constituency_code)
        .limit(1)
        .scalar_subquery()
    )


def _known() -> dict[str, Any]:
    at = func.coalesce(Pledge.confirmed_at, Pledge.witnessed_at)
    return {
        "sector": Pledge.sector,
        "constituency": Pledge.constituency_code,
        "region": _region(),
        "unit": Pledge.unit_id,
        "channel": Pledge.channel,
        "day": func.to_char(func.timezone("Europe/London", at), "YYYY-MM-DD"),
        "state": Pledge.state,
    }


DIMENSIONS = tuple(_known())


def seen_to_sign() -> ColumnElement[bool]:
    """Witnessed, and the only one of its name and postcode here: neither confirmed as well, nor on an earlier sheet."""
    other = aliased(Pledge)
    return and_(
        Pledge.state == PledgeState.WITNESSED,
        ~exists().where(
            other.organisation_id == Pledge.organisation_id,
            other.drive_id == Pledge.drive_id,
            other.witness_key == Pledge.witness_key,
            or_(
                other.state == PledgeState.CONFIRMED,
                and_(
                    other.state == PledgeState.WITNESSED,
                    tuple_(other.witnessed_at, other.id) < tuple_(Pledge.witnessed_at, Pledge.id),
                ),
            ),
        ),
    )


def own_table(drive_id: UUID, rows: str, columns: str | None = None, kind: str | None = None) -> OwnTable:
    """Count the current organisation's own signers by one or two of :data:`DIMENSIONS`; of one kind, or of both."""
    known = _known()
    cells = [func.coalesce(cast(known[name], Text), UNALLOCATED) for name in (rows, columns) if name]
    kinds: dict[str | None, ColumnElement[bool]] = {
        Kind.CONFIRMED: standing(),
        Kind.WITNESSED: seen_to_sign(),
        None: or_(standing(), seen_to_sign()),
    }
    statement: Any = select(*cells, func.count()).where(Pledge.drive_id == drive_id, kinds[kind])
    counted = {
        (row[0], row[1] if columns else "all"): int(row[-1])
        for row in db.session.execute(statement.group_by(*cells))
    }
    return OwnTable(
        counted, tuple(sorted({row for row, _ in counted})), tuple(sorted({column for _, column in counted}))
    )


def count_witnessed(drive_id: UUID) -> int:
    """The organisation's own people who were seen to sign and have not confirmed."""
    return own_table(drive_id, "state", kind=Kind.WITNESSED).total


def cell_labels(dimension: str) -> dict[str, str]:
    """Names of what a table is made of, where a cell is a code: constituencies by their code, units by their id."""
    statement: Any
    if dimension == "constituency":
        statement = select(Area.gss_code, Area.name).where(Area.kind == AreaKind.WESTMINSTER)
    elif dimension == "unit":
        statement = select(Unit.id, Unit.name)
    else:
        return {}
    return {str(code): name for code, name in db.session.execute(statement) if code}
