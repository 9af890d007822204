"""The runner: takes a lot of claims, verifies the approval, and sends them in batches of as many as there
are lanes.

For each batch: hold every message at its dot; one statement writes the results of the batch before and asks
leave for this one; commit; then the dots. A kill at any point leaves at most one batch uncertain.
Two runners on one mailing are harmless: the fence and SKIP LOCKED keep them apart.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.logging import get_logger
from organising.platform.message import AttachedFile, address_of

from .binding import FrozenAudience, read_audience
from .content import Entry, Texts
from .incoming import return_paths
from .lanes import Held, Lanes
from .models import Mailing
from .queries import get_own
from .queries.attachments import read_files
from .schedule import Schedule
from .services import limits, outbox, refusals, sending
from .services.limits import Passenger
from .services.mail_servers import Unusable, server_for
from .services.outbox import Claim, Result
from .services.review import build
from .sources import Source, find_source
from .states import DeliveryState, MailingState

log = get_logger(__name__)
# A claim serves several batches: the approval is verified once a lot.
BATCHES_PER_LOT = 5
# Sending goes on in a fresh job after this long, well within the queue's own limit.
BUDGET_SECONDS = 600.0
GIVE_UP_SECONDS = 48 * 3600.0
# A dot is sent only while nobody can have declared the claim uncertain.
MARGIN_SECONDS = 5.0
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
        made = source or self._letters(mailing)
        reason = made.why_unapproved()
        if reason is not None:
            sending.stop(self.actor, get_own(self.actor, self.mailing_id, lock=True), reason)
            db.session.commit()
            return False
        self.version = mailing.version
        # Detached, so that what was verified is what is built, however often this run commits.
        db.session.expunge(mailing)
        self.per_hour = mailing.per_hour
        # Letters that a later domain brings are written out as they come.
        if mailing.expanded_at is None and source is None:
            self._expand(mailing)
        claimed_at = time.monotonic()
        lot = outbox.claim(
            self.organisation_id,
            self.mailing_id,
            version=self.version,
            after=self.after,
            size=self.lanes.size * BATCHES_PER_LOT,
            full=self.full,
        )
        made.fetch(lot)
        gone = outbox.unmailable(self.organisation_id, lot, today()) if lot else {}
        later = self._find_seats([one for one in lot if one.id not in gone], made)
        outbox.note_progress(self.organisation_id, self.mailing_id)
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

    def _letters(self, mailing: Mailing) -> "_Letters":
        self.audience = read_audience(mailing, self.audience)
        return _Letters(mailing, self.audience)

    def _find_seats(self, lot: Sequence[Claim], letters: Source) -> dict[UUID, float]:
        """Take a place within every limit for each; answers those that find none, with the seconds to wait."""
        passengers = [Passenger(one.address, letters.person_of(one)) for one in lot]
        waiting = limits.take_slots(self.organisation_id, self.mailing_id, passengers, self.per_hour)
        moment = now()
        self.full |= {lot[place].holding_id for place in waiting if lot[place].letter_id}
        return {lot[place].id: (until - moment).total_seconds() for place, until in waiting.items()}

    def _heed_refusals(self) -> bool:
        """Cross off addresses that are gone, and stop for what a person should look at; answers whether it goes on."""
        refused, self.refused = self.refused, []
        if not refused:
            return True
        refusals.cross_off(self.actor, refusals.gone_addresses(refused))
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
        # What was built of an earlier lot was verified with that lot.
        self.built.clear()
        while (
            going
            and not self.unreachable
            and time.monotonic() - claimed_at < outbox.LEASE_SECONDS - MARGIN_SECONDS
        ):
            self.results += [
                _put_back(one, self.slowed[one.domain]) for one in going if one.domain in self.slowed
            ]
            going = [one for one in going if one.domain not in self.slowed]
            batch, going = going[: self.lanes.size], going[self.lanes.size :]
            if not self._send_batch(batch, letters, going[: self.lanes.size]):
                break
        self.results += [_put_back(one) for one in going]
        self._settle()

    def _send_batch(self, batch: Sequence[Claim], letters: Source, coming: Sequence[Claim]) -> bool:
        """Hold, commit, send the dots, and build what comes next; answers whether the mailing still sends."""
        messages = []
        refused: list[Result] = []
        ahead = self._build_ahead(coming, letters)
        for claim in batch:
            try:
                messages.append((claim, self._return_path(claim, letters), self._content(claim, letters)))
            except Invalid as error:
                refused.append(Result(claim, DeliveryState.FAILED, None, error.message))
        held, not_taken = self.lanes.hold(messages, lambda: _go_on(ahead, BUILT_A_ROUND))
        refused += self._weighed(not_taken)
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
        self._dots(going, asked_at, lambda: _go_on(ahead, len(coming)))
        return len(going) == len(held)

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

    def _dots(self, going: Sequence[Held], asked_at: float, meanwhile: Callable[[], None]) -> None:
        if time.monotonic() - asked_at > outbox.LEASE_SECONDS - MARGIN_SECONDS:
            # This process slept past its lease: a person may already be deciding about these. They were not
            # sent.
            for one in going:
                one.connection.abort()
            self.results += [_put_back(one.claim) for one in going]
            return
        self.results += self._weighed(self.lanes.release(going, meanwhile))

    def _weighed(self, results: Sequence[Result]) -> list[Result]:
        """Results as they are kept: what asks for patience slows its whole domain, policy stops the mailing."""
        weighed, policy = refusals.weigh([_too_old(self._slowed(one)) for one in results])
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


class _Letters:
    """The messages of one mailing, built from exactly what was verified."""

    def __init__(self, mailing: Mailing, audience: FrozenAudience) -> None:
        self.mailing, self._audience = mailing, audience
        self.sender = mailing.sender or ""
        self.sender_address = address_of(self.sender)
        self._texts = Texts.of(mailing)
        self._files, self._wrong_file = _files_of(mailing)
        self._entries: dict[UUID | None, Entry] = {one.choice_id: one for one in audience.entries}

    def why_unapproved(self) -> str | None:
        """Why nothing may leave as it stands."""
        return self._wrong_file or sending.why_unapproved(self.mailing, self._audience.hash)

    def fetch(self, claims: Sequence[Claim]) -> None:
        """Everything is in hand already."""

    def person_of(self, claim: Claim) -> UUID | None:
        """Who is written to."""
        entry = self._entries.get(claim.choice_id)
        return entry.person_id if entry else None

    def build(self, claim: Claim) -> bytes:
        """The message to one of the chosen; raises ``Invalid``."""
        entry = self._entries.get(claim.choice_id)
        if entry is None or entry.address != claim.address:
            raise Invalid("This recipient is not among those signed off.")
        return build(self.mailing, self._texts, entry, claim.message_id, self.sender, self._files)


def _files_of(mailing: Mailing) -> tuple[Sequence[AttachedFile], str | None]:
    """The files that were signed off; or why nothing may leave, since one of them is not as it was."""
    try:
        return read_files(mailing), None
    except Invalid as error:
        return (), error.message


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
