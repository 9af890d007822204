"""Checking a batch: a sample drawn once, compared with the photograph; then accepted, or returned with a reason.

Accepting moves every keyed row into a witnessed signature, and what the row knew of the person with it. Taking it
back within a fortnight moves it all the other way, and the tally follows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from secrets import SystemRandom
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import LONDON, now
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ...platform.queue import enqueue_after_commit
from ..models import PaperBatch, PaperRow, Pledge, PledgeConsent, PledgeDrive, PledgeState, Verdict
from ..models.paper import BatchMoved
from ..paper_states import BatchState
from ..queries.paper import list_sample, select_rows
from .paper_batches import check_drive, take_batch
from .paper_scans import delete_on
from .paper_signatures import get_own_partner, own_consents, signature_of

SAMPLE = 10
UNDO_DAYS = 14
LONGEST_REASON = 1_000


def draw_sample(actor: Actor, batch_id: UUID, size: int = SAMPLE) -> Sequence[PaperRow]:
    """Draw so many rows at random, once: a second call answers those that are drawn. It is in the audit log."""
    batch = take_batch(actor, batch_id, "draw").batch
    if not batch.move("draw"):
        return list_sample(batch.id)
    rows = list(db.session.scalars(select_rows(batch.id).where(PaperRow.rejection.is_(None))))
    drawn = SystemRandom().sample(rows, min(max(size, 1), len(rows)))
    for place, row in enumerate(drawn, 1):
        row.sample_place = place
    batch.sampled_by = actor.user_id
    numbers = sorted(row.number for row in drawn)
    record(actor, "paper_batch.sampled", "paper_batch", batch.id, rows=numbers, of=len(rows))
    db.session.flush()
    return list_sample(batch.id)


def judge_sample(actor: Actor, batch_id: UUID, verdicts: Mapping[UUID, Verdict]) -> int:
    """Note what the comparison found; returns how many of the drawn rows are still unjudged."""
    batch = take_batch(actor, batch_id, "accept").batch
    if batch.state != BatchState.SAMPLED:
        raise BatchMoved(_("This batch is not being checked now."), state=batch.state, verb="judge")
    sample = list_sample(batch.id)
    for row in sample:
        if row.id in verdicts:
            row.verdict, row.verdict_by = verdicts[row.id], actor.user_id
    found: dict[str, Any] = {
        str(verdict): sum(row.verdict == verdict for row in sample) for verdict in Verdict
    }
    record(actor, "paper_batch.judged", "paper_batch", batch.id, **found)
    return sum(row.verdict is None for row in sample)


def accept_batch(actor: Actor, batch_id: UUID) -> int:
    """Count the keyed rows as witnessed signatures; returns how many, 0 where they were accepted already.

    Raises :class:`Invalid` while a drawn row is unjudged or was found wrong.
    """
    batch = take_batch(actor, batch_id, "accept").batch
    if batch.state == BatchState.ACCEPTED:
        return 0
    drive = db.session.get_one(PledgeDrive, batch.drive_id)
    check_drive(drive)
    sample = list_sample(batch.id)
    if any(row.verdict is None for row in sample):
        raise Invalid(_("Compare every drawn row with the sheet first."))
    if any(row.verdict == Verdict.WRONG for row in sample):
        raise Invalid(
            _("A drawn row was found wrong. Return the batch with a reason, so that it is put right.")
        )
    batch.move("accept")
    at = now()
    batch.accepted_by, batch.accepted_at, batch.copies_due_at = actor.user_id, at, at
    batch.scans_delete_on = delete_on(at.astimezone(LONDON).date())
    moved = _count_rows_in(actor, batch, at)
    record(actor, "paper_batch.accepted", "paper_batch", batch.id, signatures=moved)
    _follow(batch)
    return moved


def return_batch(actor: Actor, batch_id: UUID, reason: str) -> bool:
    """Give it back to those who keyed it, saying why; returns whether that changed anything."""
    batch = take_batch(actor, batch_id, "return").batch
    reason = reason.strip()
    if not reason:
        raise Invalid("", reason=_("Say what is to be put right."))
    if not batch.move("return"):
        return False
    batch.return_reason = reason[:LONGEST_REASON]
    db.session.execute(
        update(PaperRow)
        .where(PaperRow.batch_id == batch.id)
        .values(sample_place=None, verdict=None, verdict_by=None)
        .execution_options(synchronize_session="fetch")
    )
    record(actor, "paper_batch.returned", "paper_batch", batch.id)
    return True


def take_back_acceptance(actor: Actor, batch_id: UUID) -> int:
    """Undo an acceptance: its witnessed signatures are rows again; returns how many.

    What its signer confirmed or ended in the meantime is theirs and stays. Raises :class:`Conflict` after a fortnight.
    """
    batch = take_batch(actor, batch_id, "take_back").batch
    if batch.state != BatchState.ACCEPTED:
        return 0
    if not may_take_back(batch):
        raise Conflict(
            _(
                "An acceptance can be taken back for %(days)d days. Set single signatures aside instead.",
                days=UNDO_DAYS,
            )
        )
    batch.move("take_back")
    batch.accepted_at = batch.accepted_by = batch.scans_delete_on = None
    batch.copies_due_at = now()
    moved = _give_back_rows(batch)
    record(actor, "paper_batch.taken_back", "paper_batch", batch.id, signatures=moved)
    _follow(batch)
    return moved


def may_take_back(batch: PaperBatch) -> bool:
    """Whether an acceptance is fresh enough to be undone: the details of its signers are all still there."""
    return batch.accepted_at is not None and batch.accepted_at > now() - timedelta(days=UNDO_DAYS)


def _count_rows_in(actor: Actor, batch: PaperBatch, at: datetime) -> int:
    rows = list(
        db.session.scalars(
            select_rows(batch.id).where(PaperRow.rejection.is_(None), PaperRow.name.is_not(None))
        )
    )
    if not rows:
        return 0
    noon = datetime.combine(batch.held_on, time(12), LONDON)
    made = [(row, signature_of(batch, row, row.signed_at or noon, at)) for row in rows]
    table: Any = Pledge.__table__
    db.session.execute(insert(table), [values for _row, values in made])
    consents: Any = PledgeConsent.__table__
    name = get_own_partner(actor, batch.campaign_id).short_name
    db.session.execute(insert(consents), [c for row, values in made for c in own_consents(name, row, values)])
    for row, values in made:
        row.pledge_id = values["id"]
        row.name = row.postcode = row.email = row.witness_key = None
    db.session.flush()
    if any(values["confirmation_due_at"] for _row, values in made):
        enqueue_after_commit(
            "organising.pledges.jobs.send_confirmations",
            organisation_id=batch.organisation_id,
            purpose="confirmation",
            queue="urgent",
            once=True,
        )
    return len(made)


def _give_back_rows(batch: PaperBatch) -> int:
    pairs = db.session.execute(
        select(PaperRow, Pledge)
        .join(Pledge, Pledge.id == PaperRow.pledge_id)
        .where(PaperRow.batch_id == batch.id, Pledge.state == PledgeState.WITNESSED)
        # A mail that leaves this moment is waited for, so that the row knows of it.
        .with_for_update(of=Pledge)
        .execution_options(populate_existing=True)
    ).all()
    for row, pledge in pairs:
        row.name, row.postcode, row.email = pledge.name, pledge.postcode, pledge.email
        row.witness_key, row.pledge_id = pledge.witness_key, None
        row.mail_sent_at = pledge.confirmation_sent_at
        # The link in that mail holds when the batch is accepted again. Where the lead's copy of this signing was erased,
        # the signing is over: another one begins, whose link its signer can ask for.
        row.signing_id = pledge.signing_id if row.mail_sent_at and not row.lead_may_keep else None
    db.session.flush()
    ids = [pledge.id for _row, pledge in pairs]
    db.session.execute(delete(Pledge).where(Pledge.id.in_(ids)).execution_options(synchronize_session=False))
    for _row, pledge in pairs:
        db.session.expunge(pledge)
    return len(pairs)


def _follow(batch: PaperBatch) -> None:
    """Ring for what follows either way: the count, and the lead's copies where its box was ticked."""
    jobs = "organising.pledges.jobs"
    owner = batch.organisation_id
    enqueue_after_commit(f"{jobs}.count", organisation_id=owner, row_id=batch.drive_id, purpose="count")
    enqueue_after_commit(
        f"{jobs}.share_paper_copies", organisation_id=owner, row_id=batch.id, purpose="paper_copies"
    )
