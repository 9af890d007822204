"""Commitments that wait for someone of the own organisation: overdue or due soon, and not resting over a recess."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import IN_CHAMBER, Commitment
from organising.lobbying.queries.commitments import CommitmentRow, annotate_commitments, chased_by, stands
from organising.lobbying.queries.members import sits
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission
from organising.representatives.models import OfficeHolding
from organising.representatives.queries.recesses import CHAMBER_OF, first_sitting_day, list_recesses

# Reminders wake up this long before a chamber returns.
BEFORE_RETURN = timedelta(days=2)


def list_due_commitments(
    actor: Actor, *, due_by: date, mine: bool = False, on: date | None = None, limit: int = 10
) -> Few[CommitmentRow]:
    """Open ones of the actor's organisation that are due by that day, the reader's own first, then by day.

    ``mine``: only those that the actor chases. What needs a sitting chamber is left out during a recess, until two days before
    the return. ``on``: the day of the reminder, today unless said. Nothing for who may not settle them.
    """
    if not actor.can(Permission.COMMITMENTS_EDIT):
        return Few()
    is_mine = chased_by(actor)
    statement = select(Commitment.id, is_mine.label("is_mine")).where(
        stands(actor),
        Commitment.organisation_id == actor.organisation_id,
        Commitment.state.in_(OPEN),
        # The key, for its index: those without a day come after every day there is.
        Commitment.due_key <= due_by,
        *_awake(on or today()),
    )
    if mine:
        statement = statement.where(is_mine)
    ordered = statement.order_by(is_mine.desc(), Commitment.due_key, Commitment.id)
    found = first_few(ordered, limit, rows=True)
    whole = _load([row.id for row in found])
    return Few(annotate_commitments(actor, whole, mine={row.id for row in found if row.is_mine}), found.total)


def select_overdue(actor: Actor) -> Select[int]:
    """How many of the organisation's promises are overdue, those that rest over a recess included: as its list has
    them.
    """
    return select(func.count(Commitment.id)).where(
        stands(actor),
        Commitment.organisation_id == actor.organisation_id,
        Commitment.state.in_(OPEN),
        Commitment.due_key < today(),
    )


def _load(ids: Sequence[object]) -> list[Commitment]:
    """These, whole, in this order."""
    if not ids:
        return []
    statement = select(Commitment).where(Commitment.id.in_(ids))
    rows = db.session.scalars(
        statement.options(
            joinedload(Commitment.person),
            joinedload(Commitment.institution),
            joinedload(Commitment.organisation),
            joinedload(Commitment.ask),
        )
    )
    return sorted(rows, key=lambda one: ids.index(one.id))


def _awake(on: date) -> list[ColumnElement[bool]]:
    """The condition that a reminder need not wait for a chamber in recess; none where every chamber sits."""
    recesses: dict[str, list[tuple[date, date]]] = {}
    for one in list_recesses(ending_from=on):
        recesses.setdefault(one.chamber, []).append((one.starts_on, one.ends_on))
    resting = {chamber for chamber, known in recesses.items() if _rests(on, known)}
    offices = [office for office, chamber in CHAMBER_OF.items() if chamber in resting]
    if not offices:
        return []
    there = sits(OfficeHolding.kind.in_(offices), person_id=Commitment.person_id)
    return [~(Commitment.kind.in_(IN_CHAMBER) & there)]


def _rests(on: date, recesses: Sequence[tuple[date, date]]) -> bool:
    """Whether the chamber of these recesses is in one, and not about to return."""
    if not any(start <= on <= end for start, end in recesses):
        return False
    return first_sitting_day(on, recesses) - on > BEFORE_RETURN
