"""The daily digest: one message a person and day, in the morning, when something is due."""

from datetime import date, datetime, time
from uuid import UUID

from organising.lobbying.queries.digest import collect_digest, list_digest_readers
from organising.lobbying.services.digests import claim_digest, compose_digest, give_digest_back
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.logging import get_logger
from organising.platform.once import Outcome, send_once
from organising.platform.queue import job, periodic, ring_in_each
from organising.platform.tenancy import Context, use_context

log = get_logger(__name__)
SEND = "organising.lobbying.digest_jobs.send_digest"
FROM = time(7)
# A digest of the morning is no use in the evening.
UNTIL = time(12)


@job(purpose="digest")
def send_digest(actor: Actor, row_id: UUID) -> None:
    """Mail one person's digest of today, unless it was sent, stopped, or there is nothing to tell. ``row_id``: the person."""
    day = _morning(now())
    if day is None:
        return
    readers = list_digest_readers(
        actor.organisation_id, actor.organisation_name, actor.campaign_id, user_id=row_id
    )
    reader = next(iter(readers), None)
    if reader is None or reader.stopped or reader.sent_for == day:
        return
    # The person's own eyes: the database shows the job no more than it shows them.
    with use_context(Context(organisation_id=actor.organisation_id, user_id=row_id)):
        digest = collect_digest(reader.actor, day)
        mail = compose_digest(reader.actor, reader.email, digest) if digest.is_due else None
    if mail is None:
        # Nothing to tell this morning: nobody looks again before the next.
        claim_digest(actor.organisation_id, row_id, day)
        return
    attempt = send_once(
        mail,
        claim=lambda: claim_digest(actor.organisation_id, row_id, day),
        give_back=lambda: give_digest_back(row_id, day),
    )
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning("digest_uncertain")
    if attempt.refusal is not None:
        log.warning("digest_refused", code=attempt.refusal.code)


def _morning(at: datetime) -> date | None:
    """The day whose digests are to be sent now, in London; ``None`` at other hours."""
    local = at.astimezone(LONDON)
    return local.date() if FROM <= local.time() < UNTIL else None


@periodic(every_seconds=600)
def send_digests() -> None:
    """Ring for everybody whose digest of this morning is neither sent nor stopped."""
    day = _morning(now())
    if day is None:
        return
    ring_in_each(
        SEND,
        purpose="digest",
        queue="mail",
        find=lambda organisation_id: [
            reader.actor.user_id
            for reader in list_digest_readers(organisation_id, "", None)
            if reader.actor.user_id is not None and not reader.stopped and reader.sent_for != day
        ],
    )
