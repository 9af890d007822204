"""Letters' jobs: the confirmation mail, the way into the outbox, and what time takes away."""

from functools import partial
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.confirmation import send_due
from organising.platform.db import db
from organising.platform.queue import each_organisation, enqueue_after_commit, job, periodic, ring_where
from organising.platform.retention import carry_out
from organising.platform.tenancy import Context, use_context

# Imported so that the runner knows how letters are made.
from . import relay_runner
from . import source as source
from .models import Letter
from .queries import list_live_relays
from .services import confirmations, keeping, leaving, relaying


@job(purpose="letter_confirmation")
def send_confirmations(actor: Actor, _row_id: UUID | None) -> None:
    """Send every confirmation mail of the organisation's letters that is due."""
    if send_due(Letter, lambda row_id: confirmations.send_confirmation(actor, row_id)):
        enqueue_after_commit(
            "organising.letters.jobs.send_confirmations",
            organisation_id=actor.organisation_id,
            purpose="letter_confirmation",
            queue="urgent",
            once=True,
        )


@job(purpose="queue_letter")
def queue_letter(actor: Actor, row_id: UUID) -> None:
    """Put one confirmed letter into the outbox."""
    leaving.queue_letter(actor, row_id)


@job(purpose="relay_answer")
def relay_answer(actor: Actor, row_id: UUID) -> None:
    """Pass one MP's answer on to those who are still to be told."""
    relay_runner.relay_answer(actor, row_id)


@periodic(every_seconds=30)
def sweep_confirmations() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(
        "organising.letters.jobs.send_confirmations",
        purpose="letter_confirmation",
        queue="urgent",
        is_due=Letter.is_overdue,
    )


@periodic(every_seconds=30)
def sweep_letters() -> None:
    """Bring into the outbox what no doorbell did, and let the mailings of closed actions come to their end."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            actor = Actor.system(organisation_id)
            leaving.queue_waiting(actor)
            session.commit()
            leaving.close_cancelled(actor)
            leaving.finish_closed(actor)
            session.commit()


@periodic(every_seconds=60)
def sweep_relays() -> None:
    """Ring again for answers that are still to be passed on, and end those that everyone has."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            for relay_id in list_live_relays():
                relaying.go_on_or_finish(relay_id)
            session.commit()


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Erase what was never confirmed, and texts and details nobody needs any more."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for rule, act in keeping.RETENTION.items():
                carry_out(rule, partial(act, at))
            db.session.commit()
