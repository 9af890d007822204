"""What every change of an approach is made of: opening it, changing its row, and the line of its history.

Rows are changed by statement and not through the session: a coordinator changes another organisation's, and the
holder gives one away, which the session's guard knows of no row. The database says who may (migration 0012).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from psycopg.errors import ExclusionViolation
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from organising.lobbying.models import Approach, ApproachDeed, ApproachEvent, ApproachOwn, NoticeKind
from organising.lobbying.queries.approaches import (
    find_own_side,
    get_approach,
    list_clashes,
    list_joins,
    suggest_window,
)
from organising.lobbying.services.notices import tell_about
from organising.lobbying.services.shared import authorship
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, NotFound
from organising.platform.permissions import Permission


class ReservationClash(Conflict):
    """Others hold some of these days. ``holders``: their approaches; ``free``: the next days that nobody holds."""

    code = "reservation_clash"

    def __init__(self, holders: Sequence[Approach], free: tuple[date, date]) -> None:
        super().__init__(_("These days are reserved already."))
        self.holders = holders
        self.free = free


def open_approach(actor: Actor, approach_id: UUID, *, lock: bool = True) -> Approach:
    """An approach that this actor may change, locked until the transaction ends.

    Raises NotFound for what the actor can't see, Forbidden for another partner's.
    """
    if actor.role is not None:
        actor.check(Permission.APPROACHES_RESERVE)
        approach = get_approach(actor, approach_id)
        is_own = approach.organisation_id == actor.organisation_id
        if not is_own and not actor.can(Permission.APPROACHES_HAND_OVER):
            raise Forbidden(
                _(
                    "%(name)s holds this approach: only its people and the coordinator can change it.",
                    name=approach.organisation.short_name,
                )
            )
    if lock:
        statement = select(Approach).where(Approach.id == approach_id).with_for_update(of=Approach)
        locked: Approach | None = db.session.scalar(statement.execution_options(populate_existing=True))
        if locked is None:
            raise NotFound
        return locked
    return approach


def change(actor: Actor, approach: Approach, **values: Any) -> None:
    """Set columns of an approach that is locked, as its next version. Raises ReservationClash."""
    statement = (
        update(Approach)
        .where(Approach.id == approach.id)
        .values(version=approach.version + 1, changed_at=now(), **values)
        .execution_options(synchronize_session=False)
    )
    wanted = {name: values.get(name, getattr(approach, name)) for name in ("channel", "starts_on", "ends_on")}
    subject = {"person_id": approach.person_id, "institution_id": approach.institution_id}
    try:
        with db.session.begin_nested():
            db.session.execute(statement)
    except IntegrityError as error:
        raise_clash(actor, error, **subject, **wanted, but=approach.id)
    db.session.refresh(approach)


def check_free(actor: Actor, *, but: UUID | None = None, **wanted: Any) -> None:
    """Refuse days that are held, before anything else is asked: no reason would get them. Raises ReservationClash.

    Whoever comes at the same instant is refused by the database, see :func:`raise_clash`.
    """
    if holders := list_clashes(actor, **wanted, but=but):
        raise ReservationClash(holders, _free_window(actor, wanted))


def raise_clash(actor: Actor, error: IntegrityError, *, but: UUID | None = None, **wanted: Any) -> None:
    """Say who holds the days, where that is what the database refused; raise everything else as it came."""
    if not isinstance(error.orig, ExclusionViolation):
        raise error
    raise ReservationClash(list_clashes(actor, **wanted, but=but), _free_window(actor, wanted)) from None


def _free_window(actor: Actor, wanted: dict[str, Any]) -> tuple[date, date]:
    """The next free days. Who wanted days that begin in the past is offered days from today on."""
    first = max(wanted["starts_on"], today())
    later = wanted | {"starts_on": first, "ends_on": first + (wanted["ends_on"] - wanted["starts_on"])}
    return suggest_window(actor, **later)


def note_event(
    actor: Actor,
    approach: Approach,
    kind: ApproachDeed,
    *,
    words: str = "",
    to_state: str | None = None,
    to_organisation_id: UUID | None = None,
) -> None:
    """Add a line to the approach's history, and to the audit log of who did it."""
    db.session.add(
        ApproachEvent(
            approach_id=approach.id,
            kind=kind,
            from_state=approach.state if to_state else None,
            to_state=to_state,
            to_organisation_id=to_organisation_id,
            words=" ".join(words.split()),
            **authorship(actor) | {"campaign_id": approach.campaign_id},
        )
    )
    audit.record(actor, f"approach.{kind}", "approach", approach.id, state=to_state or approach.state)
    db.session.flush()


def own_side(actor: Actor, approach: Approach) -> ApproachOwn:
    """The own organisation's side of an approach, made where there is none yet."""
    found = find_own_side(actor, approach.id)
    if found is None:
        found = ApproachOwn(approach_id=approach.id)
        db.session.add(found)
        db.session.flush()
    return found


def tell_others(actor: Actor, approach: Approach, kind: NoticeKind, words: str) -> None:
    """Tell the holder and those who joined, but not the actor's own organisation."""
    joined = [row.joiner.id for row in list_joins([approach.id]).get(approach.id, []) if row.is_accepted]
    for organisation_id in sorted({approach.organisation_id, *joined}):
        tell_about(actor, approach, organisation_id, kind, words)
