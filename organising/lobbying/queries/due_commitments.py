"""Commitments that wait for someone of the own organisation: overdue or due soon, and not resting over a recess."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import IN_CHAMBER, Commitment
from organising.lobbying.queries.commitments import CommitmentRow, annotate_commitments, chased_by, stands
from organising.lobbying.queries.members import list_seats
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.representatives.models import Chamber
from organising.representatives.queries.recesses import chamber_of, first_sitting_day, list_recesses

# Reminders wake up this long before a chamber returns.
BEFORE_RETURN = timedelta(days=2)
MOST = 500


def list_due_commitments(
    actor: Actor, *, due_by: date, mine: bool = False, on: date | None = None, limit: int = 10
) -> list[CommitmentRow]:
    """Open ones of the actor's organisation that are due by that day, the reader's own first, then by day.

    ``mine``: only those that the actor chases. What needs a sitting chamber is left out during a recess, until two days before
    the return. ``on``: the day of the reminder, today unless said. Nothing for who may not settle them.
    """
    day = on or today()
    if not actor.can(Permission.COMMITMENTS_EDIT):
        return []
    statement = select(Commitment).where(
        stands(actor),
        Commitment.organisation_id == actor.organisation_id,
        Commitment.state.in_(OPEN),
        Commitment.due_on <= due_by,
    )
    if mine:
        statement = statement.where(chased_by(actor))
    found = db.session.scalars(
        statement.options(
            joinedload(Commitment.person),
            joinedload(Commitment.institution),
            joinedload(Commitment.organisation),
            joinedload(Commitment.ask),
        )
        .order_by(Commitment.due_key, Commitment.id)
        .limit(MOST)
    ).all()
    rows = annotate_commitments(actor, _awake(found, day))
    return sorted(rows, key=lambda row: not row.is_mine)[:limit]


def is_resting(
    kind: str, chamber: str | None, on: date, recesses: Mapping[str, Sequence[tuple[date, date]]]
) -> bool:
    """Whether a reminder waits: it needs a sitting of a chamber that is in recess and not about to return."""
    if kind not in IN_CHAMBER or chamber is None:
        return False
    known = recesses.get(chamber, ())
    if not any(start <= on <= end for start, end in known):
        return False
    return first_sitting_day(on, known) - on > BEFORE_RETURN


def _awake(found: Sequence[Commitment], on: date) -> list[Commitment]:
    recesses: dict[str, list[tuple[date, date]]] = {}
    for one in list_recesses(ending_from=on):
        recesses.setdefault(one.chamber, []).append((one.starts_on, one.ends_on))
    if not recesses:
        return list(found)
    seats = list_seats([one.person_id for one in found if one.person_id])

    def chamber(commitment: Commitment) -> Chamber | None:
        seat = seats.get(commitment.person_id) if commitment.person_id else None
        return chamber_of(seat.kind) if seat else None

    return [one for one in found if not is_resting(one.kind, chamber(one), on, recesses)]
