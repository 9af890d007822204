"""Pledges' jobs: the confirmation mail, counting, checking the count, and what time takes away."""

from uuid import UUID

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.queue import each_organisation, job, periodic, ring_in_each
from ..platform.tenancy import Context, use_context
from .models import Pledge
from .services import confirmations, counting, signers

log = get_logger(__name__)
# Sweeps count for no organisation: the purpose alone lets them call the counter's functions, and see no rows.
COUNTING = Context(purpose="count")


@job(purpose="confirmation")
def send_confirmation(actor: Actor, row_id: UUID) -> None:
    """Send one signature's confirmation mail, unless it was sent."""
    confirmations.send_confirmation(actor, row_id)


@job(purpose="count")
def count(actor: Actor, row_id: UUID) -> None:
    """Count one drive."""
    counting.count_drive(row_id)


@periodic(every_seconds=30)
def sweep_confirmations() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_in_each(
        "organising.pledges.jobs.send_confirmation",
        purpose="confirmation",
        queue="urgent",
        find=lambda _: Pledge.claim_due(),
    )


@periodic(every_seconds=15)
def sweep_counts() -> None:
    """Count every drive that has new ballots."""
    with use_context(COUNTING) as session:
        for drive_id in counting.list_drives_to_count():
            counting.count_drive(drive_id)
            session.commit()


@periodic(every_seconds=3600)
def sweep_verification() -> None:
    """Recount every drive; one that differs is repaired and said loudly."""
    with use_context(COUNTING) as session:
        for drive_id in counting.list_counted_drives():
            if not counting.verify_drive(drive_id):
                log.error("tally_repaired", drive=str(drive_id))
            session.commit()


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Erase what was never confirmed, and details nobody needs any more."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            signers.erase_unconfirmed(at)
            signers.remove_details(at)
            db.session.commit()
