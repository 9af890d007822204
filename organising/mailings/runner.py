"""The runner: takes a lot of claims, verifies the approval, and sends them in batches of as many as there
are lanes.

For each batch: hold every message at its dot; one statement writes the results of the batch before and asks
leave for this one; commit; then the dots, and at the same time the next batch is brought to its dots over the
other half of the connections. A kill at any point leaves at most one batch uncertain.
Two runners on one mailing are harmless: the fence and SKIP LOCKED keep them apart.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.logging import get_logger
from organising.platform.message import address_of

from .binding import FrozenAudience, read_audience
from .chosen import Chosen
from .incoming import return_paths
from .lanes import Held, Lanes
from .models import Mailing
from .queries import get_own
from .schedule import Schedule
from .services import limits, outbox, refusals, sending
from .services.limits import Passenger
from .services.mail_servers import Unusable, server_for
from .services.outbox import Claim, Result
from .sources import Source, find_source
from .states import DeliveryState, MailingState

log = get_logger(__name__)
# A claim serves several batches: the approval is verified once a lot.
BATCHES_PER_LOT = 10
BATCHES_A_LOOK = 3
# Sending goes on in a fresh job after this long, well within the queue's own limit.
BUDGET_SECONDS = 600.0
GIVE_UP_SECONDS = 48 * 3600.0
# A dot is sent only while nobody can have declared the claim uncertain.
MARGIN_SECONDS = 5.0
PROGRESS_SECONDS = 1.0
# A relay without pipelining answers three times before the dot.
BUILT_A_ROUND = 3


def run_mailing(actor: Actor, mailing_id: UUID) -> bool:
    """Send what is due of one mailing; answers whether time ran out before the work did."""
    outbox.recover(actor.organisation_id, mailing_id)
    db.session.commit()
    try:
        server = server_for(get_own(actor, mailing_id))
    except Unusable as unusable:
        # Never through another server than was said: a person decides.
        sending.stop(actor, get_own(actor, mailing_id, lock=True), unusable.message)
        db.session.commit()
        return False
    runner = Runner(actor, mailing_id, Lanes(server))
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
        self.refused: list[Result] = []
        self.any_refused = False
        self._batches = 0
        # Domains that asked for patience while this runner was at work, and for how many more seconds.
        self.slowed: dict[str, float] = {}
        # To whom constituents wrote more than may go now: no more of theirs is claimed in this run.
        self.full: set[UUID] = set()
        self.per_hour: int | None = None
        self.audience: FrozenAudience | None = None
        self.version = 0
        self.after = -1
        # Built while the relay was answering for the batch before.
        self.built: dict[UUID, bytes] = {}
        self.unreachable = False
        self.stopping: str | None = None
        self._progress_due = 0.0
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
        if mailing.state != MailingState.SENDING or not Schedule.of(mailing).is_open(now()):
            return False
        source = find_source(mailing)
        made = source or self._chosen(mailing)
        reason = made.why_unapproved()
        if reason is not None:
            sending.stop(self.actor, get_own(self.actor, self.mailing_id, lock=True), reason)
            db.session.commit()
            return False
        self.version = mailing.version
        # Detached, so that what was verified is what is built, however often this run commits.
        db.session.expunge(mailing)
        self.per_hour = mailing.per_hour
        if mailing.expanded_at is None:
            self._expand(mailing) if source is None else source.expand()
        claimed_at = time.monotonic()
        lot = outbox.claim(
            self.organisation_id,
            self.mailing_id,
            version=self.version,
            after=self.after,
            size=self.lanes.size * BATCHES_PER_LOT,
            full=self.full,
        )
        lot = made.fetch(lot)
        gone = made.unmailable(lot) | outbox.unmailable(self.organisation_id, lot, today()) if lot else {}
        later = self._find_seats([one for one in lot if one.id not in gone], made)
        self._note_progress()
        db.session.commit()
        if not lot:
            # Those put back or deferred lie behind.
            wrapped, self.after = self.after >= 0, -1
            return wrapped
        self.after = lot[-1].place
        self.results += [
            Result(one, DeliveryState.SUPPRESSED, None, gone[one.id]) for one in lot if one.id in gone
        ]
        self.results += [_put_back(one, later[one.id]) for one in lot if one.id in later]
        self._send([one for one in lot if one.id not in gone and one.id not in later], made, claimed_at)
        return self._heed_refusals() and not self.unreachable

    def _note_progress(self) -> None:
        """Counts for readers who may see no delivery, once a second: counting a mailing takes as long as sending three."""
        if time.monotonic() >= self._progress_due:
            outbox.note_progress(self.organisation_id, self.mailing_id)
            self._progress_due = time.monotonic() + PROGRESS_SECONDS

    def _chosen(self, mailing: Mailing) -> Chosen:
        self.audience = read_audience(mailing, self.audience)
        return Chosen(mailing, self.audience)

    def _find_seats(self, lot: Sequence[Claim], letters: Source) -> dict[UUID, float]:
        """Take a place within every limit for each; answers those that find none, with the seconds to wait."""
        passengers = [Passenger(one.address, letters.person_of(one)) for one in lot]
        waiting = limits.take_slots(self.organisation_id, self.mailing_id, passengers, self.per_hour)
        moment = now()
        self.full |= {
            one.holding_id for one in map(lot.__getitem__, waiting) if one.letter_id and one.holding_id
        }
        return {lot[place].id: (until - moment).total_seconds() for place, until in waiting.items()}

    def _heed_in_time(self) -> bool:
        """Heed new refusals at once, and what they amount to every few batches; answers whether it goes on."""
        self._batches += 1
        return bool(not self.refused and self._batches % BATCHES_A_LOOK) or self._heed_refusals()

    def _heed_refusals(self) -> bool:
        """Cross off addresses that are gone, and stop for what a person should look at; answers whether it goes on."""
        refused, self.refused = self.refused, []
        self.any_refused = self.any_refused or bool(refused)
        if not self.any_refused:
            return True
        refusals.cross_off_gone(self.actor, refused)
        mailing = get_own(self.actor, self.mailing_id, lock=True)
        reason = self.stopping or refusals.why_too_many(mailing)
        if reason is not None:
            sending.stop(self.actor, mailing, reason)
        db.session.commit()
        return reason is None

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

    def _send(self, going: Sequence[Claim], letters: Source, claimed_at: float) -> None:
        """Batch after batch: leave for those held; then their dots, while the next batch is brought to its own."""
        # What was built of an earlier lot was verified with that lot.
        self.built.clear()
        held: list[Held] = []
        still_sends = True
        while True:
            in_time = time.monotonic() - claimed_at < outbox.LEASE_SECONDS - MARGIN_SECONDS
            going = self._without_slowed(going)
            size = self.lanes.size if still_sends and in_time and not self.unreachable else 0
            batch, rest = going[:size], going[size:]
            messages = self._messages(batch, letters)
            asked_at = time.monotonic()
            leaving, may_go_on = self._ask_leave(held) if held else ([], True)
            still_sends = still_sends and may_go_on and self._heed_in_time()
            if still_sends:
                going = rest
            else:
                messages = []
            if not messages and not leaving:
                break
            held = self._exchange(leaving, asked_at, messages, going[:size], letters)
        self.results += [_put_back(one) for one in going]
        self._settle()

    def _without_slowed(self, going: Sequence[Claim]) -> Sequence[Claim]:
        self.results += [
            _put_back(one, self.slowed[one.domain]) for one in going if one.domain in self.slowed
        ]
        return [one for one in going if one.domain not in self.slowed]

    def _messages(self, batch: Sequence[Claim], letters: Source) -> list[tuple[Claim, str, bytes]]:
        """The messages of a batch, built while no dot is under way; what can't be built has failed."""
        messages = []
        for claim in batch:
            try:
                messages.append((claim, self._return_path(claim, letters), self._content(claim, letters)))
            except Invalid as error:
                self.results.append(Result(claim, DeliveryState.FAILED, None, error.message))
        return messages

    def _ask_leave(self, held: Sequence[Held]) -> tuple[list[Held], bool]:
        """Write the results so far, and commit those held to their dots.

        Answers which may go, and whether the mailing still sends.
        """
        waiting = []
        for one in held:
            if one.claim.domain in self.slowed:
                self._take_back(one, self.slowed[one.claim.domain])
            else:
                waiting.append(one)
        may_go = outbox.commit(
            self.organisation_id,
            self.mailing_id,
            version=self.version,
            held=[one.claim for one in waiting],
            results=self.results,
        )
        db.session.commit()
        self.results = []
        for one in waiting:
            if one.claim.id not in may_go:
                self._take_back(one)
        return [one for one in waiting if one.claim.id in may_go], len(may_go) == len(waiting)

    def _take_back(self, one: Held, seconds: float = 0) -> None:
        one.connection.abort()
        self.results.append(_put_back(one.claim, seconds))

    def _exchange(
        self,
        leaving: Sequence[Held],
        asked_at: float,
        messages: Sequence[tuple[Claim, str, bytes]],
        coming: Sequence[Claim],
        letters: Source,
    ) -> list[Held]:
        """The dots of those leaving, the next batch up to its own, and meanwhile build what comes after it."""
        if time.monotonic() - asked_at > outbox.LEASE_SECONDS - MARGIN_SECONDS:
            # This process slept past its lease: a person may already be deciding about these. They were not sent.
            for one in leaving:
                self._take_back(one)
            leaving = ()
        ahead = self._build_ahead(coming, letters)
        released, held, not_taken = self.lanes.exchange(
            leaving, messages, lambda: _go_on(ahead, BUILT_A_ROUND)
        )
        self.unreachable = bool(not_taken) and all(one.code is None for one in not_taken) and not held
        self.results += self._weighed([*released, *not_taken])
        return held

    def _content(self, claim: Claim, letters: Source) -> bytes:
        built = self.built.pop(claim.id, None)
        return letters.build(claim) if built is None else built

    def _build_ahead(self, coming: Sequence[Claim], letters: Source) -> Iterator[None]:
        """Build messages of claims in hand, one a step. One that can't be built says so when its turn comes, with no dot
        under way.
        """
        for claim in coming:
            with suppress(Exception):
                self.built[claim.id] = letters.build(claim)
            yield

    def _return_path(self, claim: Claim, letters: Source) -> str:
        return return_paths.find_bounce_address(self.organisation_id, claim.id) or letters.sender_address

    def _weighed(self, results: Sequence[Result]) -> list[Result]:
        """Results as they are kept: what asks for patience slows its whole domain, policy stops the mailing."""
        weighed, policy = refusals.weigh(
            [_too_old(self._slowed(refusals.without_person(one))) for one in results]
        )
        if policy is not None and self.stopping is None:
            self.stopping = refusals.POLICY.format(reply=policy)
        self.refused += [one for one in weighed if one.code is not None and one.code >= 500]
        return weighed

    def _slowed(self, result: Result) -> Result:
        if result.state is not DeliveryState.DEFERRED or result.code not in limits.SLOWING_CODES:
            return result
        seconds = limits.slow_domain(result.claim.address)
        self.slowed[result.claim.domain] = seconds
        return replace(result, retry_seconds=max(seconds, result.retry_seconds or 0))

    def _settle(self) -> None:
        if self.results:
            outbox.commit(
                self.organisation_id, self.mailing_id, version=self.version, held=[], results=self.results
            )
            db.session.commit()
            self.results = []


def _go_on(work: Iterator[None], steps: int) -> None:
    for _ in islice(work, steps):
        pass


def _put_back(claim: Claim, seconds: float = 0) -> Result:
    return Result(claim, DeliveryState.QUEUED, retry_seconds=max(0.0, seconds))


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
