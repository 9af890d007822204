"""The private part of a report, and what hangs on it: whom they met, earlier wordings, the mail that asks for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed
from organising.representatives.models import Person

from .headline import MOST_COUNTED, OWN_ACTION


class MotionOutcome(StrEnum):
    """What became of a motion. Only the first two count as carried."""

    CARRIED = "carried"
    CARRIED_AS_AMENDED = "carried_as_amended"
    LOST = "lost"
    REMITTED = "remitted"
    WITHDRAWN = "withdrawn"
    NOT_REACHED = "not_reached"


class ChaseAnswer(StrEnum):
    """What was answered to "How did it go?"."""

    HAPPENED = "happened"
    NOT = "not"


def _of_action() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE")


class ActionReport(Owned, db.Model):
    """The private part of a report. ``submission_key`` comes from the form: sent twice, it is kept once."""

    __tablename__ = "action_report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "action_id"),
        UniqueConstraint("organisation_id", "submission_key"),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        CheckConstraint(f"leaflets BETWEEN 0 AND {MOST_COUNTED}", name="leaflets"),
        CheckConstraint(f"representatives_met BETWEEN 0 AND {MOST_COUNTED}", name="representatives_met"),
        one_of("motion_outcome", MotionOutcome),
    )

    action_id: Mapped[UUID]
    submission_key: Mapped[UUID]
    reported_by: Mapped[UUID | None]
    leaflets: Mapped[int | None]
    representatives_met: Mapped[int | None]
    incidents_cipher: Mapped[bytes | None]
    follow_ups_cipher: Mapped[bytes | None]
    motion_outcome: Mapped[str | None]
    # A question of whoever checks it stands open since then; a correction answers it.
    asked_back_at: Mapped[datetime | None]

    incidents = Sealed("incidents_cipher")
    follow_ups = Sealed("follow_ups_cipher")


class ReportMeeting(Owned, db.Model):
    """A representative whom they met there, and the line of the contact log that tells partners of it."""

    __tablename__ = "report_meeting"
    __table_args__: Any = (
        _of_action(),
        ForeignKeyConstraint(
            ["engagement_id", "organisation_id"],
            ["engagement.id", "engagement.organisation_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "action_id", "person_id"),
        Index(None, "engagement_id"),
        CheckConstraint("attended_by IN ('member', 'staff')", name="attended_by"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    engagement_id: Mapped[UUID]
    attended_by: Mapped[str]

    person: Mapped[Person] = relationship(viewonly=True)


class ReportVersion(Owned, db.Model):
    """A report as it was once, whole and sealed: for the differences between two, and to go back to one."""

    __tablename__ = "report_version"
    __table_args__: Any = (_of_action(), UniqueConstraint("organisation_id", "action_id", "number"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    number: Mapped[int]
    user_id: Mapped[UUID | None]
    user_label: Mapped[str]
    said_cipher: Mapped[bytes]

    said = Sealed("said_cipher")


class ReportChase(Owned, db.Model):
    """One person asked by mail how an action went. ``due_at`` moves when they say "later"; an answer ends it."""

    __tablename__ = "report_chase"
    __table_args__: Any = (
        _of_action(),
        UniqueConstraint("organisation_id", "action_id"),
        one_of("answer", ChaseAnswer),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at"),
        Index(None, "organisation_id", "due_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    user_id: Mapped[UUID]
    due_at: Mapped[datetime]
    postponed: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    refusal_code: Mapped[int | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
