"""Requests by authorities, breaches with their notes, and what a partner took along when it left."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.checks import one_of
from ..platform.db import Owned, db
from ..platform.sealing import Sealed
from ..safeguards.terms import BREACH_HOURS


class DisclosureState(StrEnum):
    """It begins refused. ``reopened``: one person has said that it has to be answered; ``approved``: two have."""

    REFUSED = "refused"
    REOPENED = "reopened"
    APPROVED = "approved"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class DisclosureRequest(Owned, db.Model):
    """An authority asks for one person's details."""

    __tablename__ = "disclosure_request"
    __table_args__: Any = (
        one_of("state", DisclosureState),
        CheckConstraint("first_approver <> second_approver", name="two_approvers"),
        CheckConstraint(
            "state NOT IN ('approved', 'answered') OR num_nonnulls(first_approver, second_approver, "
            "first_approved_at, second_approved_at, reason_cipher) = 5",
            name="approved",
        ),
        CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL AND answer_cipher IS NOT NULL)", name="answered"
        ),
        CheckConstraint("char_length(authority) BETWEEN 1 AND 200", name="authority"),
        Index("ix_disclosure_request_organisation_id_created_at_id", "organisation_id", "created_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    authority: Mapped[str]
    basis: Mapped[str]
    received_on: Mapped[date]
    user_id: Mapped[UUID]
    asked_cipher: Mapped[bytes]
    subject_cipher: Mapped[bytes]
    reason_cipher: Mapped[bytes | None]
    answer_cipher: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default=DisclosureState.REFUSED)
    first_approver: Mapped[UUID | None]
    first_approved_at: Mapped[datetime | None]
    second_approver: Mapped[UUID | None]
    second_approved_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    asked = Sealed("asked_cipher")
    subject = Sealed("subject_cipher")
    reason = Sealed("reason_cipher")
    answer = Sealed("answer_cipher")

    def refuse(self, state: DisclosureState = DisclosureState.REFUSED) -> bool:
        """Refuse (again), or note that it was withdrawn; what was answered stays. Whether that changed anything."""
        if self.state in (state, DisclosureState.ANSWERED):
            return False
        self.state, self.reason = state, None
        self.first_approver = self.first_approved_at = self.second_approver = self.second_approved_at = None
        return True


class Breach(Owned, db.Model):
    """Something that may have come to light. The clock runs from when it was noticed."""

    __tablename__ = "breach"
    __table_args__: Any = (
        CheckConstraint("window_until >= window_from", name="window"),
        CheckConstraint("closed_at IS NULL OR outcome_cipher IS NOT NULL", name="closed"),
        Index("ix_breach_organisation_id_noticed_at", "organisation_id", "noticed_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    author_label: Mapped[str]
    what_cipher: Mapped[bytes]
    noticed_at: Mapped[datetime]
    window_from: Mapped[datetime]
    window_until: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    partners_told_at: Mapped[datetime | None]
    people_told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome_cipher: Mapped[bytes | None]

    what = Sealed("what_cipher")
    outcome = Sealed("outcome_cipher")

    @property
    def due_at(self) -> datetime:
        """Until when the Information Commissioner has to hear of it."""
        return self.noticed_at + timedelta(hours=BREACH_HOURS)

    def hours_left(self, at: datetime) -> int:
        """Whole hours until then; negative once it is over."""
        return int((self.due_at - at).total_seconds() // 3600)


class BreachNote(Owned, db.Model):
    """What was found out or done. Never changed."""

    __tablename__ = "breach_note"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "breach_id"], ["breach.organisation_id", "breach.id"], ondelete="CASCADE"
        ),
        Index("ix_breach_note_organisation_id_breach_id", "organisation_id", "breach_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    breach_id: Mapped[UUID]
    author_label: Mapped[str]
    body_cipher: Mapped[bytes]

    body = Sealed("body_cipher")


class Departure(Owned, db.Model):
    """All that was handed to a partner that leaves, by its hash; and, once it left, what was erased."""

    __tablename__ = "departure"
    __table_args__: Any = (
        CheckConstraint("(left_at IS NULL) = (rows_erased IS NULL)", name="left"),
        CheckConstraint("char_length(digest) = 64", name="digest"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    author_label: Mapped[str]
    rows_handed: Mapped[int]
    digest: Mapped[str]
    left_at: Mapped[datetime | None]
    rows_erased: Mapped[int | None]
