"""Pledges' jobs: the mail that signers get, counting, checking the count, and what time takes away."""

from functools import partial
from uuid import UUID

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.confirmation import send_due
from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.queue import each_organisation, enqueue_after_commit, job, periodic, ring_in_each, ring_where
from ..platform.retention import carry_out
from ..platform.tenancy import Context, use_context
from .models import AddressChange, MailRequest, Pledge
from .services import addresses, confirmations, counting, keeping, paper_signatures, resending

log = get_logger(__name__)
# Sweeps count for no organisation: the purpose alone lets them call the counter's functions, and see no rows.
COUNTING = Context(purpose="count")


@job(purpose="confirmation")
def send_confirmations(actor: Actor, _row_id: UUID | None) -> None:
    """Send every confirmation mail of the organisation's signatures that is due."""
    if send_due(Pledge, lambda row_id: confirmations.send_confirmation(actor, row_id)):
        enqueue_after_commit(
            "organising.pledges.jobs.send_confirmations",
            organisation_id=actor.organisation_id,
            purpose="confirmation",
            queue="urgent",
            once=True,
        )


@job(purpose="count")
def count(actor: Actor, row_id: UUID) -> None:
    """Count one drive."""
    counting.count_drive(row_id)


@job(purpose="paper_copies")
def share_paper_copies(actor: Actor, row_id: UUID) -> None:
    """Bring the lead's copies of one batch up to date."""
    paper_signatures.share_copies(actor, row_id)


@periodic(every_seconds=60)
def sweep_paper_copies() -> None:
    """Share what no doorbell did, and let copies that came from others' sheets stand as witnessed."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            for batch_id in paper_signatures.list_batches_to_share():
                paper_signatures.share_copies(Actor.system(organisation_id), batch_id)
            paper_signatures.witness_copies()
            session.commit()


@job(purpose="again")
def send_again(actor: Actor, row_id: UUID) -> None:
    """Send the mail once more to who asked for it, if the address has signed."""
    resending.send_again(actor, row_id)


@job(purpose="address")
def send_address_mail(actor: Actor, row_id: UUID) -> None:
    """Send the mail that asks a signer's new address for its yes."""
    addresses.send_address_mail(actor, row_id)


@periodic(every_seconds=60)
def sweep_requests() -> None:
    """Ring again for requests whose doorbell was lost, or whose mail the server put off."""
    for name, purpose, model in (
        ("send_again", "again", MailRequest),
        ("send_address_mail", "address", AddressChange),
    ):
        ring_in_each(
            f"organising.pledges.jobs.{name}",
            purpose=purpose,
            queue="urgent",
            find=lambda _, model=model: resending.list_unanswered(model),  # type: ignore[misc]
        )


@periodic(every_seconds=30)
def sweep_confirmations() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(
        "organising.pledges.jobs.send_confirmations",
        purpose="confirmation",
        queue="urgent",
        is_due=Pledge.is_overdue,
    )


@periodic(every_seconds=15)
def sweep_counts() -> None:
    """Count every drive that has new ballots."""
    with use_context(COUNTING) as session:
        for drive_id in counting.list_drives_to_count():
            counting.count_drive(drive_id)
            session.commit()


@periodic(every_seconds=60)
def sweep_publication() -> None:
    """Publish every drive by the clock, whether anybody signed or not."""
    with use_context(COUNTING) as session:
        for drive_id in counting.list_drives_to_publish():
            counting.publish_drive(drive_id)
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
            for rule, act in keeping.RETENTION.items():
                carry_out(rule, partial(act, at))
            db.session.commit()
