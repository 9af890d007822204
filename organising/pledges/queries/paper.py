"""Reading batches of paper signatures: what an actor may see of them, their rows, and rows that look alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.permissions import Permission
from ..models import PaperBatch, PaperRow, PaperScan, Pledge, PledgeState
from ..paper_states import OPEN, TRANSITIONS, WITH_CHECKER, BatchState, Standing, may, may_read_rows

STANDING = (PledgeState.PENDING, PledgeState.CONFIRMED, PledgeState.WITNESSED)


@dataclass(frozen=True)
class Counts:
    """Rows of a batch: keyed as signatures, and rejected with a reason."""

    keyed: int = 0
    rejected: int = 0

    @property
    def all(self) -> int:
        return self.keyed + self.rejected


@dataclass(frozen=True)
class BatchRecord:
    """One batch as an actor sees it. ``verbs``: what state and role leave open."""

    batch: PaperBatch
    counts: Counts
    unit_name: str | None
    standing: Standing
    verbs: frozenset[str]
    reads_rows: bool

    @property
    def is_open(self) -> bool:
        return self.batch.state in OPEN and self.standing.in_reach

    @property
    def missing(self) -> int:
        """How many of the claimed are neither keyed nor rejected; below zero where there are too many."""
        return self.batch.claimed - self.counts.all


@dataclass(frozen=True)
class Lookalike:
    """Where the same name and postcode stand already: in so many other rows, and among the signers."""

    rows: tuple[int, ...] = ()
    elsewhere: int = 0
    signed: bool = False


def visible_batches(actor: Actor) -> Select[PaperBatch]:
    """Batches of one's own organisation; an officer's are their unit's."""
    statement = select(PaperBatch).where(PaperBatch.organisation_id == actor.organisation_id)
    if not actor.can(Permission.PAPER_KEY):
        return statement.where(false())
    return statement if actor.unit_id is None else statement.where(PaperBatch.unit_id == actor.unit_id)


def list_batches(actor: Actor, drive_id: UUID, *, accepted: bool) -> Select[PaperBatch]:
    """The batches of a drive that are still on their way, or those that are accepted."""
    done = PaperBatch.state == BatchState.ACCEPTED
    return visible_batches(actor).where(PaperBatch.drive_id == drive_id, done if accepted else ~done)


@dataclass(frozen=True)
class PaperToday:
    """Batches that wait for a person: to be checked by them, and come back to be put right.

    ``to_check_in`` and ``returned_in``: the drive of the one that waits longest.
    """

    to_check: int = 0
    returned: int = 0
    to_check_in: UUID | None = None
    returned_in: UUID | None = None


def count_for_today(actor: Actor) -> PaperToday:
    """What waits for this actor: sent in and not their own work; returned, and begun, keyed or sent in by them."""
    if not actor.can(Permission.PAPER_KEY):
        return PaperToday()
    own = _worked_on(actor)
    drives = func.array_agg(aggregate_order_by(PaperBatch.drive_id, PaperBatch.created_at))
    found = visible_batches(actor).with_only_columns(
        drives.filter(PaperBatch.state.in_(WITH_CHECKER), ~own),
        drives.filter(PaperBatch.state == BatchState.RETURNED, own),
    )
    to_check, returned = (list(one or []) for one in db.session.execute(found).one())
    if not actor.can(Permission.PAPER_CHECK):
        to_check = []
    return PaperToday(len(to_check), len(returned), next(iter(to_check), None), next(iter(returned), None))


def _worked_on(actor: Actor) -> Any:
    keyed = select(PaperRow.batch_id).where(PaperRow.keyed_by == actor.user_id)
    return or_(
        PaperBatch.created_by == actor.user_id,
        PaperBatch.submitted_by.is_not_distinct_from(actor.user_id),
        PaperBatch.id.in_(keyed),
    )


def get_batch(actor: Actor, batch_id: UUID, *, lock: bool = False) -> BatchRecord:
    """One batch. Raises :class:`NotFound` for one that is not theirs to see. ``lock`` until the transaction ends."""
    statement = visible_batches(actor).where(PaperBatch.id == batch_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    batch = db.session.scalars(statement).one_or_none()
    if batch is None:
        raise NotFound
    return describe_batches(actor, [batch])[0]


def describe_batches(actor: Actor, batches: Sequence[PaperBatch]) -> list[BatchRecord]:
    """The batches with their counts and with what the actor may do; three statements for all of them."""
    ids = [batch.id for batch in batches]
    counts = count_rows(ids)
    own = set(db.session.scalars(select(PaperBatch.id).where(PaperBatch.id.in_(ids), _worked_on(actor))))
    units = {unit.id: unit.name for unit in db.session.scalars(select(Unit)).all()}
    return [_record(actor, one, counts.get(one.id, Counts()), units, one.id in own) for one in batches]


def _record(
    actor: Actor, batch: PaperBatch, counts: Counts, units: dict[UUID, str], is_author: bool
) -> BatchRecord:
    in_reach = actor.unit_id is None or batch.unit_id == actor.unit_id
    standing = Standing(in_reach=in_reach, is_author=is_author)
    verbs = {v for v, step in TRANSITIONS.items() if batch.state in step.sources and may(actor, v, standing)}
    return BatchRecord(
        batch,
        counts,
        units.get(batch.unit_id) if batch.unit_id else None,
        standing,
        frozenset(verbs),
        may_read_rows(actor, batch.state, standing),
    )


def count_rows(batch_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """How many rows are keyed and rejected, by batch; nothing for a batch without rows."""
    statement = (
        select(
            PaperRow.batch_id,
            func.count().filter(PaperRow.rejection.is_(None)),
            func.count().filter(PaperRow.rejection.is_not(None)),
        )
        .where(PaperRow.batch_id.in_(batch_ids))
        .group_by(PaperRow.batch_id)
    )
    return {
        batch_id: Counts(int(keyed), int(rejected))
        for batch_id, keyed, rejected in db.session.execute(statement)
    }


def select_rows(batch_id: UUID) -> Select[PaperRow]:
    """The rows of a batch that one has got already, and so may see."""
    return select(PaperRow).where(PaperRow.batch_id == batch_id)


def list_last_rows(batch_id: UUID, most: int = 8) -> Sequence[PaperRow]:
    """The rows keyed last, the newest first."""
    return db.session.scalars(select_rows(batch_id).order_by(PaperRow.number.desc()).limit(most)).all()


def list_sample(batch_id: UUID) -> Sequence[PaperRow]:
    """The rows drawn for checking, in the order of the sheet."""
    drawn = select_rows(batch_id).where(PaperRow.sample_place.is_not(None))
    return db.session.scalars(drawn.order_by(PaperRow.number)).all()


def get_row(batch_id: UUID, row_id: UUID) -> PaperRow:
    """One row of a batch. Raises :class:`NotFound`."""
    row = db.session.scalars(select_rows(batch_id).where(PaperRow.id == row_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_scans(batch_id: UUID) -> Sequence[PaperScan]:
    """The photographs and files of a batch, without their content."""
    return db.session.scalars(
        select(PaperScan).where(PaperScan.batch_id == batch_id).order_by(PaperScan.number)
    ).all()


def get_scan(batch_id: UUID, number: int) -> PaperScan:
    """One photograph or file. Raises :class:`NotFound`."""
    scan = db.session.scalars(
        select(PaperScan).where(PaperScan.batch_id == batch_id, PaperScan.number == number)
    ).one_or_none()
    if scan is None:
        raise NotFound
    return scan


def find_lookalikes(actor: Actor, rows: Sequence[PaperRow]) -> dict[UUID, Lookalike]:
    """Rows whose name and postcode stand elsewhere too, within one's own organisation only.

    An officer is told of their own unit's batches on the way, and never who else has signed.
    """
    keys = {row.witness_key for row in rows if row.witness_key is not None and row.rejection is None}
    if not keys:
        return {}
    same = (
        visible_batches(actor)
        .join(PaperRow, PaperRow.batch_id == PaperBatch.id)
        # An accepted row has no key of its own any more: there the signature is found instead.
        .where(PaperRow.witness_key.in_(keys), PaperRow.drive_id == rows[0].drive_id)
    )
    others = db.session.execute(
        same.with_only_columns(PaperRow.id, PaperRow.batch_id, PaperRow.number, PaperRow.witness_key)
    ).all()
    signed = _signed(actor, rows[0].drive_id, keys)
    found = {}
    for row in rows:
        if row.witness_key not in keys:
            continue
        here = tuple(
            o.number
            for o in others
            if o.witness_key == row.witness_key and o.batch_id == row.batch_id and o.id != row.id
        )
        elsewhere = sum(o.witness_key == row.witness_key and o.batch_id != row.batch_id for o in others)
        if here or elsewhere or row.witness_key in signed:
            found[row.id] = Lookalike(here, elsewhere, row.witness_key in signed)
    return found


def _signed(actor: Actor, drive_id: UUID, keys: set[bytes]) -> set[bytes]:
    if not actor.can(Permission.SIGNERS_VIEW):
        return set()
    statement = select(Pledge.witness_key).where(
        Pledge.drive_id == drive_id, Pledge.witness_key.in_(keys), Pledge.state.in_(STANDING)
    )
    return {bytes(key) for key in db.session.scalars(statement) if key is not None}


@dataclass(frozen=True)
class PaperOfAction:
    """What is keyed of the signatures that an action's report claims."""

    batches: Sequence[PaperBatch]
    claimed: int
    keyed: int
    accepted: int

    @property
    def left(self) -> int:
        """How many of the claimed stand in no batch yet."""
        return self.claimed - sum(batch.claimed for batch in self.batches)


def find_paper_of_action(actor: Actor, action_id: UUID, claimed: int | None) -> PaperOfAction | None:
    """The batches of one's own action; ``None`` where there is nothing to key, or no right to it."""
    if not claimed or not actor.can(Permission.PAPER_KEY):
        return None
    mine = visible_batches(actor).where(PaperBatch.action_id == action_id)
    batches = db.session.scalars(mine.order_by(PaperBatch.created_at, PaperBatch.id)).all()
    counts = count_rows([batch.id for batch in batches])
    keyed = {batch.id: counts.get(batch.id, Counts()).keyed for batch in batches}
    accepted = sum(keyed[batch.id] for batch in batches if batch.state == BatchState.ACCEPTED)
    return PaperOfAction(batches, claimed, sum(keyed.values()), accepted)
