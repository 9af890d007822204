"""What people are asked to write about, and what each of them wrote."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed


class ActionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class LetterState(StrEnum):
    """What the writer has decided. What became of the message is its delivery's state."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class RelayState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    FINISHED = "finished"


class LetterAction(Owned, db.Model):
    """A page on which people write to their own MP. Its words are fixed once it was open: they are what was approved.

    ``prompts`` are questions, one a line; ``subject`` a suggestion. ``mailing_id`` is the mailing that its letters leave by.
    """

    __tablename__ = "letter_action"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        ForeignKeyConstraint(["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"]),
        UniqueConstraint("organisation_id", "slug"),
        one_of("state", ActionState),
        CheckConstraint(
            "state = 'draft' OR (opened_at IS NOT NULL AND approved_hash IS NOT NULL)", name="opened"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    campaign_id: Mapped[UUID]
    ask_id: Mapped[UUID | None] = mapped_column(ForeignKey("ask.id"))
    slug: Mapped[str]
    title: Mapped[str]
    standfirst: Mapped[str]
    prompts: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default=ActionState.DRAFT)
    mailing_id: Mapped[UUID | None]
    approved_hash: Mapped[str | None]
    created_by: Mapped[UUID | None]
    created_by_label: Mapped[str]
    last_editor_id: Mapped[UUID | None]
    last_editor_label: Mapped[str]
    opened_by_label: Mapped[str | None]
    updated_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    def open(self, approved_hash: str, by_label: str, at: datetime) -> bool:
        """Let people write (again), by exactly these words; returns whether that changed anything."""
        if self.state == ActionState.OPEN:
            return False
        self.state, self.approved_hash, self.opened_by_label = ActionState.OPEN, approved_hash, by_label
        self.opened_at, self.closed_at = self.opened_at or at, None
        return True

    def close(self, at: datetime) -> bool:
        """Take no more letters; those confirmed still leave. Returns whether that changed anything."""
        if self.state != ActionState.OPEN:
            return False
        self.state, self.closed_at = ActionState.CLOSED, at
        return True

    @property
    def questions(self) -> list[str]:
        """The prompts, one by one."""
        return [line.strip() for line in self.prompts.splitlines() if line.strip()]


class Letter(AwaitsConfirmation, db.Model):
    """One person's letter to their own MP. Every detail of theirs is sealed; the database takes it away with the state.

    ``address`` and ``greeting`` are the MP's, as published when it was written. ``person_key`` lets one letter a person
    stand in one action and names nobody; ``sketch`` tells how much two letters are alike, and nothing of what they say.
    """

    __tablename__ = "letter"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["letter_action.organisation_id", "letter_action.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("signing_id"),
        one_of("state", LetterState),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at"),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        Index(
            "uq_letter_person",
            "organisation_id",
            "action_id",
            "person_key",
            unique=True,
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index(
            "ix_letter_unsent",
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text("state = 'unconfirmed' AND confirmation_sent_at IS NULL"),
        ),
        Index(None, "organisation_id", "action_id", "confirmed_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    signing_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=LetterState.UNCONFIRMED)
    holding_id: Mapped[UUID] = mapped_column(ForeignKey("office_holding.id"))
    address: Mapped[str]
    greeting: Mapped[str]
    consent: Mapped[str]
    name_cipher: Mapped[bytes | None]
    email_cipher: Mapped[bytes | None]
    street_cipher: Mapped[bytes | None]
    postcode_cipher: Mapped[bytes | None]
    subject_cipher: Mapped[bytes | None]
    body_cipher: Mapped[bytes | None]
    person_key: Mapped[bytes | None]
    sketch: Mapped[bytes | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    text_removed_at: Mapped[datetime | None]
    details_removed_at: Mapped[datetime | None]
    relay_due_at: Mapped[datetime | None]
    relayed_at: Mapped[datetime | None]

    name = Sealed("name_cipher")
    email = Sealed("email_cipher")
    street = Sealed("street_cipher")
    postcode = Sealed("postcode_cipher")
    subject = Sealed("subject_cipher")
    body = Sealed("body_cipher")

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        return cls.state == LetterState.UNCONFIRMED


class LetterRelay(Owned, db.Model):
    """What an MP answered, for those of their constituents who wrote: one for each MP and action, sent once to each.

    Nothing of it changes once another person than its author has approved it: ``approved_hash`` is of exactly these words.
    """

    __tablename__ = "letter_relay"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["letter_action.organisation_id", "letter_action.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "action_id", "holding_id"),
        one_of("state", RelayState),
        CheckConstraint("(state = 'draft') = (approved_hash IS NULL)", name="approved"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    action_id: Mapped[UUID]
    holding_id: Mapped[UUID] = mapped_column(ForeignKey("office_holding.id"))
    state: Mapped[str] = mapped_column(default=RelayState.DRAFT)
    answer_cipher: Mapped[bytes | None]
    approved_hash: Mapped[str | None]
    drafted_by: Mapped[UUID | None]
    drafted_by_label: Mapped[str]
    approved_by_label: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    answer = Sealed("answer_cipher")

    def approve(self, approved_hash: str, by_label: str, at: datetime) -> bool:
        """Let it go, in exactly these words; returns whether that changed anything."""
        if self.state != RelayState.DRAFT:
            return False
        self.state, self.approved_hash = RelayState.APPROVED, approved_hash
        self.approved_by_label, self.approved_at = by_label, at
        return True

    def finish(self, at: datetime) -> bool:
        """Note that nobody is left to send it to; returns whether that changed anything."""
        if self.state != RelayState.APPROVED:
            return False
        self.state, self.finished_at = RelayState.FINISHED, at
        return True
