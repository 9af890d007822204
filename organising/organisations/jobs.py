"""Mailing invitations: each once, with a sweep for what no bell was heard for. Sealing the audit log."""

from uuid import UUID

from ..platform.actor import Actor
from ..platform.audit_chain import seal_all
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.once import send_link
from ..platform.permissions import Role
from ..platform.queue import each_organisation, job, periodic, run_in_each
from ..platform.tenancy import Context, use_context
from .invitations import compose_mail
from .models import Invitation, Unit
from .queries import find_system_actor, list_unsent_invitations
from .terms import end_terms, follow_all
from .unit_import import forget_old_files

SEND = "organising.organisations.jobs.send_invitation"


@job(purpose="invitation")
def send_invitation(actor: Actor, row_id: UUID) -> None:
    """Mail an invitation's link, unless it was sent, accepted or withdrawn, or has expired."""
    invitation = find(Invitation, row_id)
    if invitation is None or invitation.sent_at is not None or invitation.state(now()) != "open":
        return
    unit = find(Unit, invitation.unit_id) if invitation.unit_id else None
    mail = compose_mail(
        row_id,
        invitation.email or "",
        actor.organisation_name,
        Role(invitation.role),
        invitation.invited_by,
        unit_name=unit.name if unit is not None else None,
    )
    send_link(Invitation, row_id, mail, Invitation.withdrawn_at.is_(None))


@periodic(30)
def send_waiting_invitations() -> None:
    """Send what is unsent, with or without a queue."""
    run_in_each(SEND, purpose="invitation", find=lambda _: list_unsent_invitations(now()))


@periodic(300)
def end_past_terms() -> None:
    """End the memberships of officers whose term is over, who were denied from that midnight on; work follows.

    Lists of units that nobody applied within a day are forgotten.
    """
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            actor = find_system_actor(organisation_id)
            end_terms(actor)
            follow_all(actor)
            forget_old_files()
            db.session.commit()


@periodic(10)
def seal_audit_events() -> None:
    """Put what was recorded into the audit log's chains: what waits is seconds old."""
    seal_all()
