"""Invitations: by link, for a fortnight, one open one an address."""

from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select, text

from ..accounts.links import INVITATION, make_link
from ..accounts.models import User
from ..accounts.services import email_key
from ..accounts.words import ROLE_TASKS, role_name
from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, get_or_404, new_id
from ..platform.errors import Conflict
from ..platform.message import OutgoingMail
from ..platform.permissions import Permission, Role
from ..platform.queue import enqueue_after_commit
from ..platform.sealing import seal_field
from .members import check_role, check_subtree
from .models import Invitation, Membership

LASTS = timedelta(days=14)


class AlreadyThere(Conflict):
    """The address is a member already, or has an open invitation."""

    code = "already_there"


def invite(
    actor: Actor,
    email: str,
    role: Role,
    unit_id: UUID | None = None,
    *,
    subtree_id: UUID | None = None,
    officer_id: UUID | None = None,
) -> Invitation:
    """Invite an address into the actor's organisation, and ring for the mail.

    ``officer_id``: the unit's office that it is for; the membership lasts as long as its term.

    Raises :class:`Forbidden` or :class:`Invalid` for the role, :class:`AlreadyThere`.
    """
    actor.check(Permission.MEMBERS_MANAGE)
    unit_id = check_role(actor, role, unit_id)
    key = email_key(email)
    _check_not_there(actor, key, besides=None)
    invitation = Invitation(
        id=new_id(),
        organisation_id=actor.organisation_id,
        email_key=key,
        role=role,
        unit_id=unit_id,
        subtree_id=check_subtree(role, subtree_id),
        officer_id=officer_id,
        invited_by=actor.display_name,
        expires_at=now() + LASTS,
    )
    invitation.email = email.strip()
    db.session.add(invitation)
    db.session.flush()
    record(actor, "invitation.made", "invitation", invitation.id, role=role)
    _ring(actor.organisation_id, invitation.id)
    return invitation


def resend(actor: Actor, invitation_id: UUID) -> None:
    """Send an invitation again, good for another fortnight. Raises :class:`NotFound`, :class:`Conflict`."""
    actor.check(Permission.MEMBERS_MANAGE)
    invitation = get_or_404(Invitation, invitation_id)
    if invitation.state(now()) not in ("open", "expired"):
        raise Conflict("This invitation has been accepted or withdrawn.")
    check_role(actor, Role(invitation.role), invitation.unit_id)
    _check_not_there(actor, invitation.email_key, besides=invitation.id)
    invitation.sent_at, invitation.refusal_code, invitation.expires_at = None, None, now() + LASTS
    record(actor, "invitation.resent", "invitation", invitation.id)
    _ring(actor.organisation_id, invitation.id)


def withdraw(actor: Actor, invitation_id: UUID) -> None:
    """Take an invitation back: its link stops working. Raises :class:`NotFound`, :class:`Conflict`."""
    actor.check(Permission.MEMBERS_MANAGE)
    invitation = get_or_404(Invitation, invitation_id)
    check_role(actor, Role(invitation.role), invitation.unit_id)
    if not invitation.withdraw(now()):
        raise Conflict("This invitation has been accepted or withdrawn.")
    record(actor, "invitation.withdrawn", "invitation", invitation.id)


def invite_first(
    organisation_id: UUID, email: str, role: Role, invited_by: str, *, sent_at: datetime | None = None
) -> UUID:
    """Invite the first person of a new organisation; returns the invitation's id.

    Context purpose ``coalition`` or ``setup``. Rings for the mail unless ``sent_at`` says that the caller
    sends it.
    Raises :class:`Conflict` where the organisation has members, who invite their own people.
    """
    if db.session.scalar(text("SELECT app.has_members(:o)"), {"o": organisation_id}):
        raise Conflict("This organisation has people of its own already. Its admin invites the others.")
    invitation_id = new_id()
    # Core, not the session: the guard lets a session write only its own organisation's rows.
    db.session.execute(
        insert(Invitation).values(
            organisation_id=organisation_id,
            id=invitation_id,
            email_key=email_key(email),
            email_cipher=seal_field(
                db.session(), organisation_id, "invitation", "email_cipher", invitation_id, email.strip()
            ),
            role=role,
            invited_by=invited_by,
            expires_at=now() + LASTS,
            sent_at=sent_at,
        )
    )
    if sent_at is None:
        _ring(organisation_id, invitation_id)
    return invitation_id


def compose_mail(
    invitation_id: UUID,
    email: str,
    organisation_name: str,
    role: Role,
    invited_by: str,
    greeting: str | None = None,
    unit_name: str | None = None,
) -> OutgoingMail:
    """The invitation's message. ``unit_name``: the officer's unit."""
    work = role_name(role).lower()
    words = _(
        "%(greeting)s\n\n%(inviter)s invites you to work with %(organisation)s in Organising, as %(role)s.\n"
        "%(task)s\n\nTo accept, open this page within 14 days:\n\n%(link)s\n\n"
        "If you don't know what this is about, leave it: nothing happens until it is accepted on that page.",
        greeting=_("Dear %(name)s,", name=greeting) if greeting else _("Hello,"),
        inviter=invited_by,
        organisation=organisation_name,
        role=_("%(role)s of %(unit)s", role=work, unit=unit_name) if unit_name else work,
        task=ROLE_TASKS[role],
        link=make_link(INVITATION, invitation_id),
    )
    return OutgoingMail(to=email, subject=_("%(name)s invites you", name=organisation_name), text=words)


def _check_not_there(actor: Actor, key: bytes, besides: UUID | None) -> None:
    member = db.session.scalar(
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.email_key == key,
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )
    if member is not None:
        raise AlreadyThere("This address belongs to a member already. Change the role in the list instead.")
    waiting = db.session.scalars(
        select(Invitation.id).where(
            Invitation.email_key == key,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
    ).all()
    if set(waiting) - {besides}:
        raise AlreadyThere("This address has an open invitation. Send that one again, or withdraw it first.")


def _ring(organisation_id: UUID, invitation_id: UUID) -> None:
    enqueue_after_commit(
        "organising.organisations.jobs.send_invitation",
        organisation_id=organisation_id,
        row_id=invitation_id,
        purpose="invitation",
        queue="urgent",
    )
