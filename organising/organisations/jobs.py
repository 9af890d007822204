"""Mailing invitations: each once, with a sweep for what no bell was heard for."""

from uuid import UUID

from sqlalchemy import update

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.logging import get_logger
from ..platform.mail import Refused, ReplyLost, get_mailer
from ..platform.permissions import Role
from ..platform.queue import each_organisation, job, periodic, run
from ..platform.tenancy import Context, use_context
from .invitations import compose_mail
from .models import Invitation
from .queries import list_unsent_invitations

log = get_logger(__name__)
SEND = "organising.organisations.jobs.send_invitation"


class _SentElsewhere(Exception):
    """Another worker was quicker, or the invitation was withdrawn: this message goes nowhere."""


@job(purpose="invitation")
def send_invitation(actor: Actor, row_id: UUID) -> None:
    """Mail an invitation's link, unless it was sent, accepted or withdrawn, or has expired."""
    invitation = find(Invitation, row_id)
    if invitation is None or invitation.sent_at is not None or invitation.state(now()) != "open":
        return
    mail = compose_mail(
        row_id, invitation.email or "", actor.organisation_name, Role(invitation.role), invitation.invited_by
    )
    try:
        get_mailer().send(mail, before_dot=lambda: _commit_sent(row_id))
    except _SentElsewhere:
        db.session.rollback()
    except ReplyLost:
        log.warning("invitation_uncertain", invitation=str(row_id))
    except Refused as refused:
        db.session.rollback()
        _note_refusal(row_id, refused)


def _commit_sent(row_id: UUID) -> None:
    sent = db.session.execute(
        update(Invitation)
        .where(Invitation.id == row_id, Invitation.sent_at.is_(None), Invitation.withdrawn_at.is_(None))
        .values(sent_at=now())
        .returning(Invitation.id)
    ).all()
    if not sent:
        raise _SentElsewhere
    db.session.commit()


def _note_refusal(row_id: UUID, refused: Refused) -> None:
    """A refusal for good is shown to the admin; any other leaves the invitation to the sweep."""
    code = refused.code if refused.is_permanent else None
    db.session.execute(
        update(Invitation).where(Invitation.id == row_id).values(sent_at=None, refusal_code=code)
    )
    log.warning("invitation_refused", invitation=str(row_id), code=refused.code)


@periodic(30)
def send_waiting_invitations() -> None:
    """Send what is unsent, with or without a queue."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            waiting = list_unsent_invitations(now())
        for invitation_id in waiting:
            run(SEND, organisation_id, invitation_id, "invitation")
