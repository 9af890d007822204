"""Reading parliaments: which sits, which is dissolved, and how many of its members' terms are open."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from organising.platform.db import db, get_or_404
from organising.representatives.models import Area, Chamber, OfficeHolding, Parliament
from organising.representatives.models.parliaments import SEATS


def get_parliament(parliament_id: UUID) -> Parliament:
    """One parliament; raises NotFound."""
    return get_or_404(Parliament, parliament_id)


def list_parliaments(*, most: int = 100) -> Sequence[Parliament]:
    """Every parliament that is known, the latest of each chamber first."""
    return db.session.scalars(
        select(Parliament).order_by(Parliament.chamber, Parliament.elected_on.desc()).limit(most)
    ).all()


def find_parliament(chamber: str, on: date) -> Parliament | None:
    """The parliament of a chamber that sits on a day; ``None`` between two of them."""
    return db.session.scalar(
        select(Parliament)
        .where(
            Parliament.chamber == chamber,
            Parliament.elected_on <= on,
            or_(Parliament.dissolved_on.is_(None), Parliament.dissolved_on > on),
        )
        .order_by(Parliament.elected_on.desc())
        .limit(1)
    )


def find_successor(parliament: Parliament) -> Parliament | None:
    """The parliament of the same chamber that was elected next, if any was."""
    return db.session.scalar(
        select(Parliament)
        .where(Parliament.chamber == parliament.chamber, Parliament.elected_on > parliament.elected_on)
        .order_by(Parliament.elected_on)
        .limit(1)
    )


def find_dissolved(chamber: str, on: date) -> Parliament | None:
    """The parliament that is dissolved on a day while none sits; ``None`` in ordinary times."""
    latest = db.session.scalar(
        select(Parliament)
        .where(Parliament.chamber == chamber, Parliament.elected_on <= on)
        .order_by(Parliament.elected_on.desc())
        .limit(1)
    )
    return latest if latest is not None and latest.is_dissolved(on) else None


def list_last_dissolutions(on: date) -> dict[str, date]:
    """By kind of office, when its chamber was last dissolved: whoever was elected before that is no member any more."""
    rows = db.session.execute(
        select(Parliament.chamber, func.max(Parliament.dissolved_on))
        .where(Parliament.dissolved_on <= on, Parliament.chamber.in_(list(SEATS)))
        .group_by(Parliament.chamber)
    )
    return {str(SEATS[Chamber(chamber)]): day for chamber, day in rows if day is not None}


def list_due_dissolutions(on: date) -> Sequence[Parliament]:
    """Parliaments dissolved by that day whose members' terms the product has not ended yet."""
    return db.session.scalars(
        select(Parliament).where(
            Parliament.dissolved_on <= on,
            Parliament.carried_out_at.is_(None),
            Parliament.chamber.in_(list(SEATS)),
        )
    ).all()


def open_terms(parliament: Parliament) -> ColumnElement[bool]:
    """Terms of members of this parliament that nothing has ended."""
    assert parliament.dissolved_on is not None
    return and_(
        OfficeHolding.kind == SEATS[Chamber(parliament.chamber)],
        OfficeHolding.end_on.is_(None),
        or_(OfficeHolding.start_on.is_(None), OfficeHolding.start_on < parliament.dissolved_on),
    )


def count_open_terms(chamber: str) -> int:
    """How many members of a chamber are in office now."""
    if chamber not in SEATS:
        return 0
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OfficeHolding)
            .where(OfficeHolding.kind == SEATS[Chamber(chamber)], OfficeHolding.end_on.is_(None))
        )
        or 0
    )


def ended_by(parliament: Parliament) -> Select[OfficeHolding]:
    """The last terms of a dissolved parliament's members: those that its dissolution ended."""
    assert parliament.dissolved_on is not None
    # Sources put the end on the day itself, the product on the day before.
    return select(OfficeHolding).where(
        OfficeHolding.kind == SEATS[Chamber(parliament.chamber)],
        OfficeHolding.end_reason == DISSOLUTION,
        OfficeHolding.end_on.between(parliament.elected_on, parliament.dissolved_on),
    )


def seats_of(parliament: Parliament) -> Select[OfficeHolding]:
    """The first terms of a parliament's members: who won each seat, with the area."""
    return (
        select(OfficeHolding)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(
            OfficeHolding.kind == SEATS[Chamber(parliament.chamber)],
            OfficeHolding.start_on >= parliament.elected_on,
        )
        .order_by(OfficeHolding.area_id, OfficeHolding.start_on)
    )


DISSOLUTION = "dissolution"
