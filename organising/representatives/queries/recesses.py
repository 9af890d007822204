"""When a chamber does not sit: recesses that were entered, and weekends."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.platform.db import db, get_or_404
from organising.representatives.models import Chamber, OfficeHolding, OfficeKind, Recess
from organising.representatives.queries.people import in_office

DAY = timedelta(days=1)
# In which chamber the holder of an office sits.
CHAMBER_OF = {
    OfficeKind.MP: Chamber.COMMONS,
    OfficeKind.PEER: Chamber.LORDS,
    OfficeKind.MSP: Chamber.SCOTTISH,
    OfficeKind.MS: Chamber.SENEDD,
    OfficeKind.MLA: Chamber.NI_ASSEMBLY,
}


def chamber_of(office: str | None) -> Chamber | None:
    """The chamber of an office's holder; ``None`` for an office outside every chamber."""
    return CHAMBER_OF.get(OfficeKind(office)) if office else None


def list_offices_on(person_id: UUID, on: date) -> list[OfficeKind]:
    """The offices that a person held on a day, a seat in the Commons first."""
    kinds = set(
        db.session.scalars(
            select(OfficeHolding.kind).where(OfficeHolding.person_id == person_id, in_office(on))
        )
    )
    return [kind for kind in OfficeKind if kind in kinds]


def get_recess(recess_id: UUID) -> Recess:
    """One recess; raises NotFound."""
    return get_or_404(Recess, recess_id)


def list_recesses(*, ending_from: date | None = None, most: int = 500) -> Sequence[Recess]:
    """Recesses by chamber and day; ``ending_from`` leaves out those that are over."""
    statement = select(Recess).order_by(Recess.chamber, Recess.starts_on).limit(most)
    return db.session.scalars(
        statement if ending_from is None else statement.where(Recess.ends_on >= ending_from)
    ).all()


def find_recess(chamber: str, on: date) -> Recess | None:
    """The recess in which a day falls."""
    return db.session.scalar(
        select(Recess)
        .where(Recess.chamber == chamber, Recess.starts_on <= on, Recess.ends_on >= on)
        .order_by(Recess.ends_on.desc())
        .limit(1)
    )


def next_sitting_day(chamber: str, on: date) -> date:
    """The first day from ``on``, it included, that is in no recess known here and on no weekend.

    Whether a House sits on a given Friday is not known here: a Friday counts as a day on which it may.
    """
    recesses = db.session.execute(
        select(Recess.starts_on, Recess.ends_on)
        .where(Recess.chamber == chamber, Recess.ends_on >= on)
        .order_by(Recess.starts_on)
    ).all()
    return first_sitting_day(on, [(start, end) for start, end in recesses])


def first_sitting_day(on: date, recesses: Sequence[tuple[date, date]]) -> date:
    """:func:`next_sitting_day` over recesses given as first and last day, in any order."""
    day, moved = on, True
    while moved:
        moved = False
        while day.weekday() >= 5:
            day, moved = day + DAY, True
        for start, end in recesses:
            if start <= day <= end:
                day, moved = end + DAY, True
    return day
