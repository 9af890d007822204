"""The desk's jobs: mail, the ledger beside the database, and what time takes away."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from organising.organisations.queries import find_system_actor
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.confirmation import send_due
from organising.platform.db import db
from organising.platform.queue import (
    each_organisation,
    enqueue_after_commit,
    job,
    periodic,
    ring_in_each,
    ring_where,
)
from organising.platform.retention import carry_out
from organising.platform.tenancy import Context, use_context

from .models import RightsRequest
from .queries import list_unsent
from .services import erasure, keeping, mail

FRESH = timedelta(seconds=20)


@job(purpose="rights_confirmation")
def send_confirmations(actor: Actor, _row_id: UUID | None) -> None:
    """Send every confirmation mail of the organisation's requests that is due."""
    named = find_system_actor(actor.organisation_id)
    if send_due(RightsRequest, lambda row_id: mail.send_confirmation(named, row_id)):
        enqueue_after_commit(
            "organising.rights.jobs.send_confirmations",
            organisation_id=actor.organisation_id,
            purpose="rights_confirmation",
            queue="urgent",
            once=True,
        )


@job(purpose="rights_mail")
def send_mail(actor: Actor, row_id: UUID) -> None:
    """Send one message of the desk."""
    mail.send_mail(find_system_actor(actor.organisation_id), row_id)


@periodic(every_seconds=30)
def sweep_confirmations() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(
        "organising.rights.jobs.send_confirmations",
        purpose="rights_confirmation",
        queue="urgent",
        is_due=RightsRequest.is_overdue,
    )


@periodic(every_seconds=60)
def sweep_mail() -> None:
    """Ring again for messages that no doorbell brought away."""
    ring_in_each(
        "organising.rights.jobs.send_mail",
        purpose="rights_mail",
        queue="urgent",
        find=lambda _organisation_id: list_unsent(now() - FRESH),
    )


@periodic(every_seconds=60)
def sweep_ledger() -> None:
    """Write beside the database what was erased since."""
    erasure.keep_ledger()


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Remove what nobody confirmed, and who asked for what has long been answered, unless they are held."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for rule, act in keeping.RETENTION.items():
                carry_out(rule, partial(act, now()))
            keeping.forget_mail(now())
            db.session.commit()
