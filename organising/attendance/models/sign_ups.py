"""Who wants to come to an action, as the organisation that hosts it holds it; and each mail that they are sent, once."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    and_,
    exists,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from ..states import STANDING, SignUpState


class Attended(StrEnum):
    CAME = "came"
    STAYED_AWAY = "stayed_away"


class MailKind(StrEnum):
    """Each goes to one sign-up once for one ``key``: a reminder for the time it reminds of, a briefing for its version."""

    CONFIRM = "confirm"
    PLACE = "place"
    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    THANKS = "thanks"
    BRIEFING = "briefing"


def of_action() -> ForeignKeyConstraint:
    """An owned row beside the headline of one of the organisation's own actions."""
    return ForeignKeyConstraint(
        ["organisation_id", "action_id"],
        ["branch_action.organisation_id", "branch_action.id"],
        ondelete="CASCADE",
    )


class SignUpPage(Owned, db.Model):
    """What staff set about an action's sign-up. An action without a row takes sign-ups and asks for nothing besides.

    ``notes`` are told to those who are going, in their mail. The counts stay when the people are deleted.
    """

    __tablename__ = "sign_up_page"
    __table_args__: Any = (
        of_action(),
        ForeignKeyConstraint(
            ["organisation_id", "invitations_wording_id"],
            ["consent_wording.organisation_id", "consent_wording.id"],
        ),
        UniqueConstraint("organisation_id", "action_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_label IS NULL)", name="closed"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    invitations_wording_id: Mapped[UUID | None]
    notes_cipher: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]
    closed_label: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    signed_up: Mapped[int | None]
    came: Mapped[int | None]

    notes = Sealed("notes_cipher")

    def close(self, at: datetime, label: str) -> bool:
        """Take no more sign-ups; returns whether that changed anything."""
        if self.closed_at is not None:
            return False
        self.closed_at, self.closed_label = at, label
        return True

    def reopen(self) -> bool:
        """Take sign-ups again; returns whether that changed anything."""
        if self.closed_at is None:
            return False
        self.closed_at = self.closed_label = None
        return True


class SignUp(Owned, db.Model):
    """One person who wants to come to one action. Their details are sealed, and go with the state.

    ``consent`` are the exact words they agreed to. ``person_key`` lets one sign-up a person stand and names nobody.
    ``told`` is what they were last told of when and where. ``area_id`` is the constituency of a full postcode.
    """

    __tablename__ = "sign_up"
    __table_args__: Any = (
        of_action(),
        ForeignKeyConstraint(
            ["organisation_id", "invitations_wording_id"],
            ["consent_wording.organisation_id", "consent_wording.id"],
        ),
        ForeignKeyConstraint(
            ["organisation_id", "slot_id"],
            ["meeting_slot.organisation_id", "meeting_slot.id"],
            ondelete="SET NULL (slot_id)",
        ),
        UniqueConstraint("signing_id"),
        one_of("state", SignUpState),
        one_of("attended", Attended),
        CheckConstraint("(state IN ('going', 'waiting')) = (confirmed_at IS NOT NULL)", name="confirmed"),
        CheckConstraint("slot_id IS NULL OR state = 'going'", name="slot"),
        Index(
            "uq_sign_up_person",
            "organisation_id",
            "action_id",
            "person_key",
            unique=True,
            postgresql_where=text("state IN ('going', 'waiting')"),
        ),
        Index(None, "organisation_id", "action_id", "state", "confirmed_at"),
        Index(None, "organisation_id", "slot_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    signing_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=SignUpState.UNCONFIRMED)
    consent: Mapped[str]
    consent_version: Mapped[int]
    invitations_wording_id: Mapped[UUID | None]
    name_cipher: Mapped[bytes | None]
    email_cipher: Mapped[bytes | None]
    postcode_cipher: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    person_key: Mapped[bytes | None]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    slot_id: Mapped[UUID | None]
    told: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    placed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attended: Mapped[str | None]
    marked_label: Mapped[str | None]
    contact_kept_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]

    name = Sealed("name_cipher")
    email = Sealed("email_cipher")
    postcode = Sealed("postcode_cipher")

    def mark(self, attended: Attended | None, label: str) -> bool:
        """Note whether they came, or take that back; returns whether it changed anything."""
        if self.attended == attended:
            return False
        self.attended, self.marked_label = attended, label if attended else None
        return True


class AttendanceMail(AwaitsConfirmation, db.Model):
    """One message to one person. It waits until it is due, leaves once, and is dropped where it no longer applies."""

    __tablename__ = "attendance_mail"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "sign_up_id"],
            ["sign_up.organisation_id", "sign_up.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "sign_up_id", "kind", "key"),
        one_of("kind", MailKind),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        Index(
            None,
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text("confirmation_sent_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    sign_up_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    dropped_at: Mapped[datetime | None]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """What is not dropped, and whose reader still stands where this kind of message finds them."""
        whose = (SignUp.organisation_id == cls.organisation_id, SignUp.id == cls.sign_up_id)
        fits = or_(
            and_(cls.kind == MailKind.CONFIRM, SignUp.state == SignUpState.UNCONFIRMED),
            and_(cls.kind != MailKind.CONFIRM, SignUp.state.in_(STANDING)),
        )
        return and_(cls.dropped_at.is_(None), exists().where(*whose, fits))
