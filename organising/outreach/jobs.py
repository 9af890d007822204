"""Mail to contacts: mailings leave by the mailings' runner, which learns here how they are made; and the single mails."""

from uuid import UUID

from organising.mailings.services import stops
from organising.platform.actor import Actor
from organising.platform.confirmation import send_due
from organising.platform.logging import get_logger
from organising.platform.once import Outcome, send_once
from organising.platform.queue import enqueue_after_commit, job, periodic, ring_where, run
from organising.platform.tenancy import Context, use_context

from . import source as source
from .models import ConsentRequest
from .services.asking import SEND, send_request
from .services.mails import stop_mail

log = get_logger(__name__)


@job(purpose="ask_consent")
def send_requests(actor: Actor, _row_id: UUID | None) -> None:
    """Send every question and fresh link of the organisation's that is due."""
    if send_due(ConsentRequest, lambda row_id: send_request(actor, row_id)):
        enqueue_after_commit(
            SEND, organisation_id=actor.organisation_id, purpose="ask_consent", queue="urgent", once=True
        )


@periodic(every_seconds=30)
def sweep_requests() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(SEND, purpose="ask_consent", queue="urgent", is_due=ConsentRequest.is_overdue)


@job(purpose="stop_mail")
def send_stop_mail(row_id: UUID) -> None:
    """Mail whoever holds an address about stopping everybody, once; then nothing is kept of it."""
    asked = stops.find_asked(row_id)
    if asked is None:
        return
    attempt = send_once(stop_mail(asked), claim=asked.claim, give_back=asked.give_back)
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning("stop_mail_uncertain")
    if attempt.refusal is not None:
        log.warning("stop_mail_refused", code=attempt.refusal.code)
        # Asking the same server again would be no use; the person may ask for another.
        asked.claim() if attempt.refusal.is_permanent else asked.put_off()


@periodic(every_seconds=30)
def send_waiting_stops() -> None:
    """Send what is unsent, with or without a queue."""
    with use_context(Context(purpose="identity")) as session:
        waiting = stops.list_unsent()
        session.commit()
    for request_id in waiting:
        run(stops.SEND, None, request_id, "stop_mail")
