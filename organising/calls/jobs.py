"""Background work on calls: mail to officers, each once; calls whose last day is over; safe numbers for partners."""

from uuid import UUID

from organising.organisations.queries import find_system_actor
from organising.platform.actor import Actor
from organising.platform.confirmation import send_due
from organising.platform.db import db
from organising.platform.queue import each_organisation, enqueue_after_commit, job, periodic, ring_where
from organising.platform.returned import register_returned
from organising.platform.tenancy import Context, use_context

from .models import CallMail
from .services import joint, mailing, steps

register_returned(mailing.learn_returned)


@job(purpose="send_calls")
def send_calls(actor: Actor, _row_id: UUID | None) -> None:
    """Send every mail to officers that is due."""
    if send_due(CallMail, lambda mail_id: mailing.send_mail(actor, mail_id)):
        enqueue_after_commit(
            mailing.SEND, organisation_id=actor.organisation_id, purpose="send_calls", queue="mail", once=True
        )


@periodic(every_seconds=30)
def sweep_calls() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(mailing.SEND, purpose="send_calls", queue="mail", is_due=CallMail.is_overdue)


@periodic(every_seconds=600)
def expire_calls() -> None:
    """Close calls whose last day is over, and tell partners in safe numbers how many units take part."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            actor = find_system_actor(organisation_id)
            steps.expire_calls(actor)
            joint.publish_numbers(actor)
            db.session.commit()
