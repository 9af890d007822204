"""Attendance's jobs: mail that is due, whoever asked to hear more, and what time takes away."""

from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.confirmation import send_due
from organising.platform.db import db
from organising.platform.queue import each_organisation, job, periodic, ring_in_each, ring_where
from organising.platform.retention import carry_out
from organising.platform.returned import register_returned
from organising.platform.tenancy import Context, use_context

from .models import AttendanceMail
from .services import contacts, keeping, mails, planning_mail
from .services.places import SEND

register_returned(mails.learn_returned)
KEEP_CONTACT = "organising.attendance.jobs.keep_contact"


@job(purpose="attendance_mail")
def send_mails(actor: Actor, _row_id: UUID | None) -> None:
    """Send every message of the organisation that is due."""
    if send_due(AttendanceMail, lambda row_id: mails.send_mail(actor, row_id)):
        planning_mail.ring(actor.organisation_id)


@job(purpose="attendance_contact")
def keep_contact(actor: Actor, row_id: UUID) -> None:
    """Keep one who ticked the box among the contacts."""
    contacts.keep_contact(actor, row_id)


@periodic(every_seconds=60)
def plan_mails() -> None:
    """Write down what is due of each organisation's actions: reminders, thanks, changes, cancellations, free places."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            planning_mail.plan_mails(Actor.system(organisation_id), now())
            session.commit()


@periodic(every_seconds=30)
def sweep_mails() -> None:
    """Ring again for mail that is due: nothing depends on the first doorbell."""
    ring_where(SEND, purpose="attendance_mail", queue="urgent", is_due=AttendanceMail.is_overdue)


@periodic(every_seconds=300)
def sweep_contacts() -> None:
    """Ring again for those whose box was ticked."""
    ring_in_each(
        KEEP_CONTACT,
        purpose="attendance_contact",
        queue="default",
        find=lambda _organisation_id: contacts.list_unkept(),
    )


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Remove what was never confirmed, and people of actions that are long over."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for rule, act in keeping.acts(at).items():
                carry_out(rule, act)
            db.session.commit()
