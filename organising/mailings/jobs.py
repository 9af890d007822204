"""Doorbells and the sweep. The truth is in the outbox, so each may ring twice, late or never."""

from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.queue import each_organisation, enqueue_after_commit, job, periodic
from organising.platform.tenancy import Context, use_context

from .queries import list_to_look_at
from .runner import run_mailing
from .schedule import Schedule
from .services import limits, outbox, sending
from .states import BEFORE_SENDING, MailingMode, MailingState


@job(purpose="deliver")
def deliver(actor: Actor, row_id: UUID) -> None:
    """Send what is due of one mailing."""
    try:
        if run_mailing(actor, row_id):
            enqueue_after_commit(
                sending.DELIVER,
                organisation_id=actor.organisation_id,
                row_id=row_id,
                purpose="deliver",
                queue="mail",
            )
    except NotFound:
        # Discarded or another organisation's: nothing to do, and nothing to tell.
        return


@job(purpose="apply_sign_offs")
def apply_sign_offs(actor: Actor, row_id: UUID) -> None:
    """Let sign-offs and releases that are on record take effect."""
    try:
        sending.apply_sign_offs(actor, row_id)
    except NotFound:
        return


@periodic(every_seconds=30)
def sweep() -> None:
    """Find what no doorbell rang for: sign-offs, due messages, claims of a runner that is gone."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            actor = Actor.system(organisation_id)
            for mailing_id, state in list_to_look_at():
                _look_at(actor, mailing_id, MailingState(state))
                session.commit()


def _look_at(actor: Actor, mailing_id: UUID, state: MailingState) -> None:
    if state in BEFORE_SENDING:
        sending.apply_sign_offs(actor, mailing_id)
        return
    outbox.recover(actor.organisation_id, mailing_id)
    if state is MailingState.CANCELLED:
        outbox.cancel_waiting(actor.organisation_id, mailing_id)
        return
    mailing = sending.finish(actor, mailing_id)
    if mailing.state != MailingState.SENDING:
        return
    db.session.flush()
    work = outbox.work_of(actor.organisation_id, mailing_id)
    # Constituents' letters are written out as they come: there is nothing to wake up for but what is due.
    waits = work.due or (mailing.expanded_at is None and mailing.mode != MailingMode.CONSTITUENT)
    if waits and not work.live and Schedule.of(mailing).is_open(now()):
        sending.ring(mailing)


@periodic(every_seconds=3600)
def forget_slots() -> None:
    """Throw away how many messages went out on days gone by."""
    with use_context(Context(purpose="count")) as session:
        limits.forget()
        session.commit()
