"""The runner: takes a lot of claims, verifies the approval, and sends them in batches of as many as there
are lanes.

For each batch: hold every message at its dot; one statement writes the results of the batch before and asks
leave for this one; commit; then the dots. A kill at any point leaves at most one batch uncertain.
Two runners on one mailing are harmless: the fence and SKIP LOCKED keep them apart.
"""

import time
from collections.abc import Sequence
from uuid import UUID

from flask import current_app

from organising.config import Settings
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.logging import get_logger
from organising.platform.message import address_of

from .audience import frozen_entries
from .content import Entry, Texts
from .lanes import Held, Lanes
from .models import Mailing
from .queries import get_own
from .services import outbox, sending
from .services.outbox import Claim, Result
from .services.review import build
from .states import DeliveryState, MailingState

log = get_logger(__name__)
# A claim serves several batches: the approval is verified once a lot.
BATCHES_PER_LOT = 5
# Sending goes on in a fresh job after this long, well within the queue's own limit.
BUDGET_SECONDS = 600.0
GIVE_UP_SECONDS = 48 * 3600.0
# A dot is sent only while nobody can have declared the claim uncertain.
MARGIN_SECONDS = 5.0


def run_mailing(actor: Actor, mailing_id: UUID) -> bool:
    """Send what is due of one mailing; answers whether time ran out before the work did."""
    settings: Settings = current_app.config["SETTINGS"]
    outbox.recover(actor.organisation_id, mailing_id)
    db.session.commit()
    runner = Runner(actor, mailing_id, Lanes(settings.smtp))
    try:
        more = runner.run()
        runner.lanes.close()
    except BaseException:
        runner.lanes.abort()
        raise
    sending.finish(actor, mailing_id)
    db.session.commit()
    return more


class Runner:
    """One run over one mailing."""

    def __init__(self, actor: Actor, mailing_id: UUID, lanes: Lanes) -> None:
        self.actor, self.mailing_id, self.lanes = actor, mailing_id, lanes
        self.organisation_id = actor.organisation_id
        self.results: list[Result] = []
        self.version = 0
        self.after = -1
        self.unreachable = False
        self._ends = time.monotonic() + BUDGET_SECONDS

    def run(self) -> bool:
        """Lot after lot until nothing is due, the mailing stops, the relay is gone or the time is up."""
        while time.monotonic() < self._ends:
            if not self._next_lot():
                return False
        return True

    def _next_lot(self) -> bool:
        """Claim, verify and send one lot; answers whether to go on."""
        mailing = get_own(self.actor, self.mailing_id)
        if mailing.state != MailingState.SENDING:
            return False
        entries = frozen_entries(mailing)
        reason = sending.why_unapproved(mailing, entries)
        if reason is not None:
            sending.stop(self.actor, get_own(self.actor, self.mailing_id, lock=True), reason)
            db.session.commit()
            return False
        self.version = mailing.version
        # Detached, so that what was verified is what is built, however often this run commits.
        db.session.expunge(mailing)
        letters = _Letters(mailing, entries)
        if mailing.expanded_at is None:
            self._expand(mailing)
        claimed_at = time.monotonic()
        lot = outbox.claim(
            self.organisation_id,
            self.mailing_id,
            version=self.version,
            after=self.after,
            size=self.lanes.size * BATCHES_PER_LOT,
        )
        gone = outbox.unmailable(self.organisation_id, lot, today()) if lot else {}
        outbox.note_progress(self.organisation_id, self.mailing_id)
        db.session.commit()
        if not lot:
            # Those put back or deferred lie behind.
            wrapped, self.after = self.after >= 0, -1
            return wrapped
        self.after = lot[-1].place
        self._send(lot, letters, gone, claimed_at)
        return not self.unreachable

    def _expand(self, mailing: Mailing) -> None:
        host = address_of(mailing.sender or "").partition("@")[2]
        while outbox.expand(self.organisation_id, self.mailing_id, host):
            db.session.commit()
        written = get_own(self.actor, self.mailing_id, lock=True)
        # A pause in between also ends the loop above, so it is counted.
        whole = outbox.count_written(self.organisation_id, self.mailing_id) == written.audience_count
        if whole and written.state == MailingState.SENDING:
            written.expanded_at = written.expanded_at or now()
        db.session.commit()

    def _send(
        self, lot: Sequence[Claim], letters: "_Letters", gone: dict[UUID, str], claimed_at: float
    ) -> None:
        self.results += [
            Result(one, DeliveryState.SUPPRESSED, None, gone[one.id]) for one in lot if one.id in gone
        ]
        going = [one for one in lot if one.id not in gone]
        while (
            going
            and not self.unreachable
            and time.monotonic() - claimed_at < outbox.LEASE_SECONDS - MARGIN_SECONDS
        ):
            batch, going = going[: self.lanes.size], going[self.lanes.size :]
            if not self._send_batch(batch, letters):
                break
        self.results += [_put_back(one) for one in going]
        self._settle()

    def _send_batch(self, batch: Sequence[Claim], letters: "_Letters") -> bool:
        """Hold, commit, send the dots; answers whether the mailing still sends."""
        messages = []
        refused = []
        for claim in batch:
            try:
                messages.append((claim, letters.sender_address, letters.build(claim)))
            except Invalid as error:
                refused.append(Result(claim, DeliveryState.FAILED, None, error.message))
        held, not_taken = self.lanes.hold(messages)
        refused += [_too_old(result) for result in not_taken]
        self.unreachable = bool(not_taken) and all(one.code is None for one in not_taken) and not held
        asked_at = time.monotonic()
        may_go = outbox.commit(
            self.organisation_id,
            self.mailing_id,
            version=self.version,
            held=[one.claim for one in held],
            results=[*self.results, *refused],
        )
        db.session.commit()
        self.results = []
        going = [one for one in held if one.claim.id in may_go]
        for one in held:
            if one.claim.id not in may_go:
                one.connection.abort()
                self.results.append(_put_back(one.claim))
        self._dots(going, asked_at)
        return len(going) == len(held)

    def _dots(self, going: Sequence[Held], asked_at: float) -> None:
        if time.monotonic() - asked_at > outbox.LEASE_SECONDS - MARGIN_SECONDS:
            # This process slept past its lease: a person may already be deciding about these. They were not
            # sent.
            for one in going:
                one.connection.abort()
            self.results += [_put_back(one.claim) for one in going]
            return
        self.results += [_too_old(result) for result in self.lanes.release(going)]

    def _settle(self) -> None:
        if self.results:
            outbox.commit(
                self.organisation_id, self.mailing_id, version=self.version, held=[], results=self.results
            )
            db.session.commit()
            self.results = []


class _Letters:
    """The messages of one mailing, built from exactly what was verified."""

    def __init__(self, mailing: Mailing, entries: Sequence[Entry]) -> None:
        self.mailing = mailing
        self.sender = mailing.sender or ""
        self.sender_address = address_of(self.sender)
        self._texts = Texts.of(mailing)
        self._entries: dict[UUID, Entry] = {entry.choice_id: entry for entry in entries}

    def build(self, claim: Claim) -> bytes:
        entry = self._entries.get(claim.choice_id)
        if entry is None or entry.address != claim.address:
            raise Invalid("This recipient is not among those signed off.")
        return build(self.mailing, self._texts, entry, claim.message_id, self.sender)


def _put_back(claim: Claim) -> Result:
    return Result(claim, DeliveryState.QUEUED)


def _too_old(result: Result) -> Result:
    """A temporary refusal after two days is a refusal."""
    if (
        result.state is DeliveryState.DEFERRED
        and (now() - result.claim.born_at).total_seconds() > GIVE_UP_SECONDS
    ):
        return Result(
            result.claim, DeliveryState.FAILED, result.code, f"gave up after 48 hours: {result.reply}"
        )
    return result
