"""Whom a round of mail goes to: an officer of each unit that said nothing, and who is left out, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from organising.calls.models import ActionCall, CallMail, CallUnit, MailKind
from organising.calls.states import QUIET_DAYS
from organising.organisations.models import Unit
from organising.organisations.queries import Officer
from organising.platform.actor import Actor
from organising.platform.db import db

from .units import officers_of, reachable


class LeftOut(StrEnum):
    """Why a silent unit is not written to."""

    NO_OFFICER = "no_officer"
    NO_ADDRESS = "no_address"
    REFUSED = "refused"
    LATELY = "lately"


@dataclass(frozen=True)
class Addressee:
    """The officer who is written to for one unit."""

    call_unit_id: UUID
    unit_id: UUID
    unit_name: str
    officer: Officer
    kind: MailKind


@dataclass(frozen=True)
class Absent:
    """A silent unit that is not written to. ``until``: from when on it can be again."""

    call_unit_id: UUID
    unit_id: UUID
    unit_name: str
    reason: LeftOut
    until: datetime | None = None


@dataclass(frozen=True)
class Round:
    """A round of mail as it would go now: at most one officer a unit."""

    addressees: Sequence[Addressee] = field(default_factory=list)
    absent: Sequence[Absent] = field(default_factory=list)


Written = dict[tuple[UUID, UUID], CallMail]


def plan_round(
    actor: Actor, call: ActionCall, at: datetime, *, only: UUID | None = None, again: bool = False
) -> Round:
    """The round as it would go at this moment, to all silent units in reach or to ``only`` one; four statements.

    ``again``: also to those whose mail came back or may not have left.
    """
    statement = (
        select(CallUnit.id, CallUnit.unit_id, Unit.name)
        .join(Unit, (Unit.id == CallUnit.unit_id) & (Unit.organisation_id == CallUnit.organisation_id))
        .where(CallUnit.call_id == call.id, CallUnit.answer.is_(None), reachable(actor))
        .order_by(func.lower(Unit.name), Unit.id)
    )
    if only is not None:
        statement = statement.where(CallUnit.id == only)
    silent = db.session.execute(statement).all()
    officers = officers_of([row.unit_id for row in silent])
    written = _written(call.id, again=again)
    addressees: list[Addressee] = []
    absent: list[Absent] = []
    for row in silent:
        found = _sorted(row.id, officers.get(row.unit_id, []), written, at)
        if isinstance(found, Officer):
            kind = MailKind.REMIND if _is_written_to(row.id, written) else MailKind.ASK
            addressees.append(Addressee(row.id, row.unit_id, row.name, found, kind))
        else:
            absent.append(Absent(row.id, row.unit_id, row.name, *found))
    return Round(addressees, absent)


def _sorted(
    call_unit_id: UUID, officers: Sequence[Officer], written: Written, at: datetime
) -> Officer | tuple[LeftOut, datetime | None]:
    """Who of a unit's officers is written to: the first whose mail did not come back; else the reason why nobody is."""
    if not officers:
        return LeftOut.NO_OFFICER, None
    with_address = [one for one in officers if one.email]
    if not with_address:
        return LeftOut.NO_ADDRESS, None
    rest = timedelta(days=QUIET_DAYS)
    lately = [
        mail.confirmation_sent_at or mail.confirmation_due_at
        for (asked, _officer), mail in written.items()
        if asked == call_unit_id and not mail.has_bounced
    ]
    latest = max((one for one in lately if one is not None), default=None)
    if latest is not None and latest > at - rest:
        return LeftOut.LATELY, latest + rest
    reached = [one for one in with_address if not _came_back(written.get((call_unit_id, one.id)))]
    return reached[0] if reached else (LeftOut.REFUSED, None)


def _came_back(mail: CallMail | None) -> bool:
    return mail is not None and mail.has_bounced


def _is_written_to(call_unit_id: UUID, written: Written) -> bool:
    return any(asked == call_unit_id for asked, _officer in written)


def _written(call_id: UUID, *, again: bool) -> Written:
    """The latest mail to each officer, by unit asked and officer; what was dropped was none."""
    statement = select(CallMail).where(CallMail.call_id == call_id, CallMail.dropped_at.is_(None))
    if again:
        statement = statement.where(
            CallMail.confirmation_refused_at.is_(None),
            CallMail.accepted_at.is_not(None) | CallMail.confirmation_sent_at.is_(None),
        )
    mails = db.session.scalars(statement.order_by(CallMail.created_at, CallMail.id))
    return {(mail.call_unit_id, mail.officer_id): mail for mail in mails}
