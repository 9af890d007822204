"""The daily digest: one message a person and day, in the morning, when something is due."""

from datetime import date, datetime, time
from uuid import UUID

from organising.lobbying.queries.digest import collect_digest, list_digest_readers
from organising.lobbying.services.digests import claim_digest, compose_digest
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.logging import get_logger
from organising.platform.mail import Refused, ReplyLost, get_mailer
from organising.platform.queue import each_organisation, enqueue_after_commit, job, periodic
from organising.platform.tenancy import Context, use_context

log = get_logger(__name__)
SEND = "organising.lobbying.digest_jobs.send_digest"
FROM = time(7)
# A digest of the morning is no use in the evening.
UNTIL = time(12)


class _SentElsewhere(Exception):
    """Another worker was quicker, or the person has stopped it: this message goes nowhere."""


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
    try:
        get_mailer().send(mail, before_dot=lambda: _commit_sent(actor.organisation_id, row_id, day))
    except _SentElsewhere:
        db.session.rollback()
    except ReplyLost:
        log.warning("digest_uncertain")
    except Refused as refused:
        db.session.rollback()
        log.warning("digest_refused", code=refused.code)


def _commit_sent(organisation_id: UUID, user_id: UUID, day: date) -> None:
    if not claim_digest(organisation_id, user_id, day):
        raise _SentElsewhere
    db.session.commit()


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
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            for reader in list_digest_readers(organisation_id, "", None):
                if reader.stopped or reader.sent_for == day:
                    continue
                enqueue_after_commit(
                    SEND,
                    organisation_id=organisation_id,
                    row_id=reader.actor.user_id,
                    purpose="digest",
                    queue="mail",
                )
            session.commit()
