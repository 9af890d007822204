"""What of a motion stays in its organisation: texts, movers, votes, whom it was sent to, and the history."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import of_unit
from organising.platform.checks import one_of
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed
from organising.representatives.models import Institution, Person

from .motions import OWN_MOTION

MOST_VOTES = 100_000


class How(StrEnum):
    """How the body decided."""

    COUNTED = "counted"
    VOICES = "voices"
    UNANIMOUS = "unanimous"


class Mover(StrEnum):
    """What somebody does for a motion."""

    PROPOSER = "proposer"
    SECONDER = "seconder"


class SentBy(StrEnum):
    """By what a motion was forwarded."""

    LETTER = "letter"
    EMAIL = "email"
    MEETING = "meeting"
    CALL = "call"


def _of_motion() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", "motion_id"], OWN_MOTION, ondelete="CASCADE")


class MotionDetail(Owned, db.Model):
    """The organisation's own part. ``text`` is what was submitted, ``amended`` what was carried instead, each as JSON.

    ``told_by``: who told the outcome; ``agreed_by``: who agreed that the body is named. ``submission_key`` comes from the form:
    sent twice, it is kept once.
    """

    __tablename__ = "motion_detail"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "motion_id"),
        UniqueConstraint("organisation_id", "submission_key"),
        UniqueConstraint("organisation_id", "action_id"),
        _of_motion(),
        of_unit(),
        ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["branch_action.organisation_id", "branch_action.id"],
            ondelete="SET NULL (action_id)",
        ),
        one_of("how", How),
        *(
            CheckConstraint(f"{name} BETWEEN 0 AND {MOST_VOTES}", name=name)
            for name in ("votes_for", "votes_against", "abstained")
        ),
        Index("ix_motion_detail_organisation_id_unit_id", "organisation_id", "unit_id"),
        Index("ix_motion_detail_organisation_id_deadline_on", "organisation_id", "deadline_on"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    motion_id: Mapped[UUID]
    submission_key: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
    lead_user_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    told_by: Mapped[UUID | None]
    agreed_by: Mapped[UUID | None]
    deadline_on: Mapped[date | None]
    postcode_answer: Mapped[str | None]
    how: Mapped[str | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    text_cipher: Mapped[bytes | None]
    amended_cipher: Mapped[bytes | None]
    notes_cipher: Mapped[bytes | None]

    text = Sealed("text_cipher")
    amended = Sealed("amended_cipher")
    notes = Sealed("notes_cipher")


class MotionMover(Owned, db.Model):
    """Who proposes or seconds it, by name alone. ``person_key`` finds a name again for the rights desk."""

    __tablename__ = "motion_mover"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "motion_id", "part"),
        _of_motion(),
        one_of("part", Mover),
        Index("ix_motion_mover_organisation_id_person_key", "organisation_id", "person_key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    motion_id: Mapped[UUID]
    part: Mapped[str]
    person_key: Mapped[bytes]
    name_cipher: Mapped[bytes | None]

    name = Sealed("name_cipher")


class MotionForwarding(Owned, db.Model):
    """Whom a carried motion was sent to: a representative or an institution, each with a line in the contact log, or another."""

    __tablename__ = "motion_forwarding"
    __table_args__: Any = (
        _of_motion(),
        UniqueConstraint("organisation_id", "submission_key"),
        ForeignKeyConstraint(
            ["engagement_id", "organisation_id"],
            ["engagement.id", "engagement.organisation_id"],
            ondelete="CASCADE",
        ),
        one_of("sent_by", SentBy),
        CheckConstraint("num_nonnulls(person_id, institution_id, recipient_cipher) = 1", name="recipient"),
        Index("ix_motion_forwarding_organisation_id_motion_id", "organisation_id", "motion_id"),
        Index(None, "engagement_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    motion_id: Mapped[UUID]
    submission_key: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    engagement_id: Mapped[UUID | None]
    sent_on: Mapped[date]
    sent_by: Mapped[str]
    author_label: Mapped[str]
    recipient_cipher: Mapped[bytes | None]

    recipient = Sealed("recipient_cipher")
    person: Mapped[Person | None] = relationship(viewonly=True)
    institution: Mapped[Institution | None] = relationship(viewonly=True)


class MotionEvent(Owned, db.Model):
    """The history of a motion, append-only: what was done, by whom, which fields, with which comment."""

    __tablename__ = "motion_event"
    __table_args__: Any = (
        _of_motion(),
        Index(
            "ix_motion_event_organisation_id_motion_id_created_at",
            "organisation_id",
            "motion_id",
            "created_at",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    motion_id: Mapped[UUID]
    what: Mapped[str]
    user_id: Mapped[UUID | None]
    user_label: Mapped[str]
    state: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(JSONB, default=list)
    comment_cipher: Mapped[bytes | None]

    comment = Sealed("comment_cipher")


class MotionNotice(Owned, db.Model):
    """That somebody was written to about one deadline: the right to write it is the row."""

    __tablename__ = "motion_notice"
    __table_args__: Any = (UniqueConstraint("organisation_id", "user_id", "stamp"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    stamp: Mapped[str]
