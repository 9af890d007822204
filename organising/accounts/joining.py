"""Accepting an invitation: the link tells to what, for whom and by whom; acceptance makes the member."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db, new_id
from ..platform.errors import Forbidden
from ..platform.permissions import Role
from ..platform.sealing import open_field, seal_field
from .services import LinkSpent, hash_password


@dataclass(frozen=True)
class OpenedInvitation:
    """What an invitation's link shows. ``state`` is ``open``, ``accepted``, ``withdrawn`` or ``expired``."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    role: Role
    unit_id: UUID | None
    unit_name: str | None
    invited_by: str
    email: str
    known_user_id: UUID | None
    state: str

    def check_open(self) -> None:
        """Raise :class:`LinkSpent` unless the invitation can be accepted now."""
        if self.state != "open":
            raise LinkSpent(f"This invitation is {self.state}.")


def find_invitation(invitation_id: UUID) -> OpenedInvitation | None:
    """The invitation behind a signed link (context purpose ``identity``)."""
    found = db.session.execute(
        text("SELECT * FROM app.find_invitation(:i)"), {"i": invitation_id}
    ).one_or_none()
    if found is None:
        return None
    email = open_field(
        db.session(), found.organisation_id, "invitation", "email_cipher", invitation_id, found.email_cipher
    )
    return OpenedInvitation(
        id=invitation_id,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation_name,
        role=Role(found.role),
        unit_id=found.unit_id,
        unit_name=found.unit_name,
        invited_by=found.invited_by,
        email=email,
        known_user_id=found.known,
        state=found.state,
    )


def accept_as_new(invitation: OpenedInvitation, display_name: str, password: str) -> UUID:
    """Make the account and the membership; returns the person's id. An officer may come without a password.

    Context: the invitation's organisation, and purpose ``identity``. Raises :class:`LinkSpent`, and
    :class:`Invalid` for a weak password.
    """
    if invitation.known_user_id is not None:
        raise Forbidden("This address already has an account. Sign in with it first.")
    person, name = new_id(), " ".join(display_name.split())
    cipher = seal_field(db.session(), None, "user", "email_cipher", person, invitation.email)
    hashed = None if invitation.role is Role.OFFICER and not password else hash_password(password)
    _accept(invitation, person, name, cipher, hashed)
    return person


def accept_as_known(invitation: OpenedInvitation, user_id: UUID, display_name: str) -> UUID:
    """Add the membership to an account. Context as for :func:`accept_as_new`.

    Raises :class:`Forbidden` for another person than the one invited, :class:`LinkSpent`.
    """
    if invitation.known_user_id != user_id:
        raise Forbidden("This invitation is for another person. Sign in with the address it was sent to.")
    _accept(invitation, user_id, display_name, None, None)
    return user_id


def _accept(
    invitation: OpenedInvitation, person: UUID, name: str, cipher: bytes | None, hashed: str | None
) -> None:
    invitation.check_open()
    accepted = db.session.scalar(
        text("SELECT app.accept_invitation(:i, :p, :c, :n, :h)"),
        {"i": invitation.id, "p": person, "c": cipher, "n": name, "h": hashed},
    )
    if accepted is None:
        raise LinkSpent("This invitation has just been used, withdrawn, or has expired.")
    actor = Actor(
        person,
        name,
        invitation.organisation_id,
        invitation.organisation_name,
        invitation.role,
        invitation.unit_id,
        None,
    )
    record(actor, "invitation.accepted", "invitation", invitation.id, role=invitation.role)
