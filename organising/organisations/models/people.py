"""Members of an organisation, invitations, and the second factor that roles are asked for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.clock import now
from ...platform.db import Owned, Ownership, db, new_id
from ...platform.permissions import Role
from ...platform.sealing import Sealed

ROLES = ", ".join(f"'{role}'" for role in Role)


class Membership(db.Model):
    """A person's role in an organisation, from ``created_at`` until ``ended_at``.

    An officer's names the unit, a limited organiser's the subtree.
    """

    __tablename__ = "membership"
    __ownership__ = Ownership.IDENTITY
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
        ForeignKeyConstraint(["organisation_id", "subtree_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint("subtree_id IS NULL OR role = 'organiser'", name="subtree_of_organiser"),
        Index(
            "uq_membership_open",
            "user_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[UUID | None]
    # An organiser's work may be limited to this unit and what is below it.
    subtree_id: Mapped[UUID | None]
    role: Mapped[str]
    # The last day, where a term ends by itself: the next day's first request is denied.
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    def end(self, at: datetime) -> bool:
        """End the membership; returns whether that changed anything.

        The next request of the person is denied.
        """
        if self.ended_at is not None:
            return False
        self.ended_at = at
        return True


class Invitation(Owned, db.Model):
    """An invitation by link: sent once, accepted once, for a fortnight."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
        ForeignKeyConstraint(["organisation_id", "subtree_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint("subtree_id IS NULL OR role = 'organiser'", name="subtree_of_organiser"),
        ForeignKeyConstraint(
            ["organisation_id", "officer_id"],
            ["unit_officer.organisation_id", "unit_officer.id"],
            ondelete="SET NULL (officer_id)",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    email_key: Mapped[bytes]
    email_cipher: Mapped[bytes]
    role: Mapped[str]
    unit_id: Mapped[UUID | None]
    subtree_id: Mapped[UUID | None]
    # The unit's office that it is for: its term is the membership's.
    officer_id: Mapped[UUID | None]
    invited_by: Mapped[str]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    # The SMTP code with which the address was refused for good; the server's words may quote the address.
    refusal_code: Mapped[int | None]

    email = Sealed("email_cipher")

    def state(self, at: datetime) -> str:
        """``accepted``, ``withdrawn``, ``expired`` or ``open``."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "expired" if self.expires_at < at else "open"

    def withdraw(self, at: datetime) -> bool:
        """Take an open invitation back; returns whether that changed anything."""
        if self.state(at) != "open":
            return False
        self.withdrawn_at = at
        return True


class SecondFactorDemand(Owned, db.Model):
    """From ``due_at`` on the organisation lets members of this role in by two factors only."""

    __tablename__ = "second_factor_demand"
    __table_args__ = (
        UniqueConstraint("organisation_id", "role"),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    role: Mapped[str]
    due_at: Mapped[datetime]


class StoppedMail(Owned, db.Model):
    """A kind of mail that a person does not want from this organisation."""

    __tablename__ = "stopped_mail"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id", "kind"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    kind: Mapped[str]
