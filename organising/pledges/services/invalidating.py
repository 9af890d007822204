"""Taking signatures that are no people's out of the count: chosen by a filter, counted first, with a reason, and undone as a whole.

Only the own organisation's, by an admin. Nothing is erased: the tally follows, and follows back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, select, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import change_rows, db
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...platform.queue import enqueue_after_commit
from ..mail_domains import domain_of
from ..models import Pledge, PledgeDrive, PledgeInvalidation, PledgeState

# Addresses are sealed, so that a domain is looked for in as many as can be opened while somebody waits.
MOST_OPENED = 20_000
SHOWN = 10
COUNTED = (PledgeState.CONFIRMED, PledgeState.WITNESSED)


@dataclass(frozen=True)
class Criteria:
    """Which signatures are meant: all that is given holds. Moments are of the signing. ``domain`` is of the email address."""

    since: datetime | None = None
    until: datetime | None = None
    channel: str | None = None
    source: str | None = None
    domain: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == Criteria()


@dataclass(frozen=True)
class Matching:
    """Who would be taken out: ids, and the first few by name."""

    ids: tuple[UUID, ...]
    names: tuple[str, ...]

    @property
    def number(self) -> int:
        return len(self.ids)


def find_matching(actor: Actor, drive: PledgeDrive, criteria: Criteria) -> Matching:
    """The own counted signatures that the criteria mean, newest first.

    Raises :class:`Invalid` for no criteria at all, and where a domain is looked for among more than :data:`MOST_OPENED`.
    """
    actor.check(Permission.SIGNERS_INVALIDATE)
    if criteria.is_empty:
        raise Invalid("Say which signatures you mean: since when, by which way, or of which email domain.")
    rows = select(Pledge.id, Pledge.name).where(*_conditions(drive, criteria))
    if criteria.domain is None:
        found = [
            (row.id, row.name)
            for row in db.session.execute(rows.order_by(Pledge.created_at.desc(), Pledge.id))
        ]
    else:
        found = [(one.id, one.name) for one in _of_domain(drive, criteria)]
    return Matching(tuple(key for key, _ in found), tuple(name or "" for _, name in found[:SHOWN]))


def invalidate(
    actor: Actor, drive: PledgeDrive, criteria: Criteria, *, reason: str, words: str, expected: int
) -> PledgeInvalidation:
    """Take those that the criteria mean out of the count. ``words``: the criteria as the page says them.

    Raises :class:`Conflict` where they are not as many as were shown.
    """
    matching = find_matching(actor, drive, criteria)
    if matching.number != expected:
        raise Conflict("Meanwhile it is another number of signatures. Look again, then decide.")
    if not matching.number:
        raise Conflict("No signature of yours is meant by this.")
    row = PledgeInvalidation(
        drive_id=drive.id,
        author_label=actor.author_label,
        reason=reason,
        filter=words,
        number=matching.number,
    )
    db.session.add(row)
    db.session.flush()
    changed = _move(
        Pledge.id.in_(matching.ids),
        Pledge.state.in_(COUNTED),
        state=PledgeState.INVALIDATED,
        invalidation_id=row.id,
    )
    if changed != matching.number:
        raise Conflict("Somebody withdrew meanwhile. Look again, then decide.")
    record(actor, "signers.invalidated", "pledge_invalidation", row.id, count=changed)
    _count_again(actor, drive.id)
    return row


def undo_invalidation(actor: Actor, row: PledgeInvalidation) -> int:
    """Put back all that are still taken out by this decision; answers how many. A second time changes nothing."""
    actor.check(Permission.SIGNERS_INVALIDATE)
    if not row.undo(now(), actor.author_label):
        return 0
    back = _move(
        Pledge.invalidation_id == row.id,
        Pledge.state == PledgeState.INVALIDATED,
        state=case((Pledge.confirmed_at.is_not(None), PledgeState.CONFIRMED), else_=PledgeState.WITNESSED),
        invalidation_id=None,
    )
    record(actor, "signers.counted_again", "pledge_invalidation", row.id, count=back)
    _count_again(actor, row.drive_id)
    return back


def _conditions(drive: PledgeDrive, criteria: Criteria) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Pledge.drive_id == drive.id, Pledge.state.in_(COUNTED)]
    if criteria.since is not None:
        conditions.append(Pledge.created_at >= criteria.since)
    if criteria.until is not None:
        conditions.append(Pledge.created_at <= criteria.until)
    if criteria.channel is not None:
        conditions.append(Pledge.channel == criteria.channel)
    if criteria.source is not None:
        conditions.append(Pledge.source == criteria.source)
    return conditions


def _of_domain(drive: PledgeDrive, criteria: Criteria) -> Sequence[Pledge]:
    statement = select(Pledge).where(*_conditions(drive, criteria), Pledge.email_cipher.is_not(None))
    rows = list(
        db.session.scalars(statement.order_by(Pledge.created_at.desc(), Pledge.id).limit(MOST_OPENED + 1))
    )
    if len(rows) > MOST_OPENED:
        raise Invalid(f"More than {MOST_OPENED:,} signatures: narrow the days first, then look for a domain.")
    return [one for one in rows if domain_of(one.email or "") == criteria.domain]


def _move(*conditions: ColumnElement[bool], **values: Any) -> int:
    statement = update(Pledge).where(*conditions).values(**values)
    return change_rows(statement)


def _count_again(actor: Actor, drive_id: UUID) -> None:
    enqueue_after_commit(
        "organising.pledges.jobs.count",
        organisation_id=actor.organisation_id,
        row_id=drive_id,
        purpose="count",
    )
