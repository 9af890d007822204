"""The grid of a call: each unit with its answer, officers and when it was last heard from. As many statements for 5 units as for 500."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from organising.calls.models import CallMail, CallUnit
from organising.calls.queries.units import officers_of, reachable, unit_ids_named, units_with_address
from organising.calls.states import SILENT, Answer
from organising.organisations.models import Unit
from organising.organisations.queries import Officer
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.pagination import Page, page

NEVER = datetime(1900, 1, 1, tzinfo=UTC)
# A mail whose dot was sent and whose answer has not come: after so long nobody waits for it.
UNANSWERED = timedelta(minutes=2)


class Sort(StrEnum):
    UNIT = "unit"
    HEARD = "heard"


class Trouble(StrEnum):
    """What keeps a unit from being asked. Each has its fix on the page."""

    NO_OFFICER = "no_officer"
    BOUNCED = "bounced"
    PERHAPS = "perhaps"


@dataclass(frozen=True)
class GridFilter:
    """What the grid shows. ``answer`` may be :data:`SILENT`; ``trouble``: only units that can't be asked."""

    answer: str | None = None
    kind: str | None = None
    text: str = ""
    trouble: bool = False
    sort: Sort = Sort.UNIT

    @property
    def is_any(self) -> bool:
        return not (self.answer or self.kind or self.text or self.trouble)


@dataclass(frozen=True)
class GridRow:
    """One unit. ``written_at``: when an officer was last written to, ``due_at`` when one is going to be."""

    asked: CallUnit
    unit_id: UUID
    name: str
    kind: str
    officers: Sequence[Officer]
    mails: Sequence[CallMail]

    @property
    def written_at(self) -> datetime | None:
        """When an officer was last written to."""
        sent = [one.confirmation_sent_at for one in self._standing if one.confirmation_sent_at]
        return max(sent, default=None)

    @property
    def is_waiting(self) -> bool:
        """Whether mail is on its way."""
        return any(one.confirmation_sent_at is None and not one.has_bounced for one in self._standing)

    @property
    def trouble(self) -> Trouble | None:
        """What keeps it from being asked, the first of all reasons."""
        if self.asked.answer is not None:
            return None
        if not self.officers or not any(one.email for one in self.officers):
            return Trouble.NO_OFFICER
        latest = {one.officer_id: one for one in self._standing}
        ours = [latest[one.id] for one in self.officers if one.id in latest]
        if ours and all(one.has_bounced for one in ours):
            return Trouble.BOUNCED
        if any(is_perhaps(one) for one in ours) and not any(one.accepted_at for one in ours):
            return Trouble.PERHAPS
        return None

    @property
    def _standing(self) -> list[CallMail]:
        return [one for one in self.mails if one.dropped_at is None]


def is_perhaps(mail: CallMail) -> bool:
    """Whether it may have left, or not: its worker died at the last dot, or the server never answered."""
    sent = mail.confirmation_sent_at
    return sent is not None and mail.accepted_at is None and sent < now() - UNANSWERED


def grid(
    actor: Actor, call_id: UUID, wanted: GridFilter, cursor: str | None, size: int = 50
) -> Page[GridRow]:
    """One page of the grid; three statements however many units there are."""
    found = page(
        _filtered(_rows(actor, call_id), call_id, wanted),
        order_by=_order(wanted.sort),
        cursor=cursor,
        size=size,
        descending=wanted.sort is Sort.HEARD,
        rows=True,
    )
    return Page(_whole(found.items), found.next_cursor, found.is_first)


def get_row(actor: Actor, call_id: UUID, call_unit_id: UUID) -> GridRow:
    """One unit of a call. Raises ``NotFound``."""
    rows = _whole(db.session.execute(_rows(actor, call_id).where(CallUnit.id == call_unit_id)).all())
    if not rows:
        raise NotFound
    return rows[0]


def count_troubles(actor: Actor, call_id: UUID) -> int:
    """How many silent units can't be asked as things stand; one statement."""
    counted = _troubled(_rows(actor, call_id), call_id).with_only_columns(func.count(CallUnit.id))
    return db.session.scalar(counted) or 0


def _rows(actor: Actor, call_id: UUID) -> Select[Any]:
    return (
        select(
            CallUnit,
            Unit.name.label("name"),
            Unit.kind.label("kind"),
            Unit.id.label("id"),
            func.lower(Unit.name).label("folded"),
            func.coalesce(CallUnit.answered_at, NEVER).label("heard"),
        )
        .join(Unit, and_(Unit.id == CallUnit.unit_id, Unit.organisation_id == CallUnit.organisation_id))
        .where(CallUnit.call_id == call_id, reachable(actor))
    )


def _order(sort: Sort) -> list[Any]:
    folded = func.lower(Unit.name).label("folded")
    if sort is Sort.HEARD:
        return [func.coalesce(CallUnit.answered_at, NEVER).label("heard"), folded, Unit.id]
    return [folded, Unit.id]


def _filtered(statement: Select[Any], call_id: UUID, wanted: GridFilter) -> Select[Any]:
    if wanted.answer == SILENT:
        statement = statement.where(CallUnit.answer.is_(None))
    elif wanted.answer in set(Answer):
        statement = statement.where(CallUnit.answer == wanted.answer)
    if wanted.kind:
        statement = statement.where(Unit.kind == wanted.kind)
    if wanted.text:
        named = Unit.name.icontains(wanted.text, autoescape=True)
        statement = statement.where(or_(named, unit_ids_named(wanted.text)))
    return _troubled(statement, call_id) if wanted.trouble else statement


def _troubled(statement: Select[Any], call_id: UUID) -> Select[Any]:
    """Silent units without an officer, or whose every mail came back or may not have left."""
    mine = and_(
        CallMail.call_id == call_id, CallMail.call_unit_id == CallUnit.id, CallMail.dropped_at.is_(None)
    )
    perhaps = and_(
        CallMail.confirmation_sent_at < now() - UNANSWERED,
        CallMail.accepted_at.is_(None),
    )
    bad: ColumnElement[bool] = or_(CallMail.confirmation_refused_at.is_not(None), perhaps)
    all_bad = and_(exists().where(mine, bad), ~exists().where(mine, ~func.coalesce(bad, False)))
    return statement.where(
        CallUnit.answer.is_(None), or_(CallUnit.unit_id.not_in(units_with_address()), all_bad)
    )


def _whole(rows: Sequence[Any]) -> list[GridRow]:
    officers = officers_of([row.CallUnit.unit_id for row in rows])
    mails: dict[UUID, list[CallMail]] = {}
    wanted = (
        select(CallMail)
        .where(CallMail.call_unit_id.in_([row.CallUnit.id for row in rows]))
        .order_by(CallMail.created_at, CallMail.id)
    )
    for one in db.session.scalars(wanted):
        mails.setdefault(one.call_unit_id, []).append(one)
    return [
        GridRow(
            row.CallUnit,
            row.CallUnit.unit_id,
            row.name,
            row.kind,
            officers.get(row.CallUnit.unit_id, []),
            mails.get(row.CallUnit.id, []),
        )
        for row in rows
    ]
