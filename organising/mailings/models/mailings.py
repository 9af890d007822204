"""A mailing, whom it is lent to, and whom it goes to."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.states import FOLLOWS, LeftOut, MailingMode, MailingState
from organising.platform.checks import one_of
from organising.platform.db import Lent, Owned, db


def of_mailing() -> ForeignKeyConstraint:
    """The key by which a row belongs to a mailing of its own organisation, and goes with it."""
    return ForeignKeyConstraint(
        ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
    )


class Mailing(Lent, db.Model):
    """One letter to many representatives. Lent to the organisation asked to sign it off, from then on.

    ``content_hash`` is what was shown when sign-off was asked for, ``approved_hash`` what was approved;
    neither
    is believed: both are computed again from the rows when sending starts and at each claim.
    ``common`` holds the merge values that are the same for all; ``progress`` the counts that a reader may
    see.

    ``asked_names`` are the organisations asked for their name, ``named`` those it leaves with, each as
    ``[id, name]``; who has not answered by ``objections_until`` is not named.

    ``send_at`` and what follows is the schedule, bound by approval too (:mod:`.schedule`); window and
    weekdays are London's. ``refusals_known`` are those that a person knew of when they let it go on.

    ``identity_id`` is the organisation's own address that it comes from; without, it is the installation's.
    ``corrects_id`` is the mailing whose recipients it goes to, to put something right.

    ``spares_pressed`` and ``quiet_days`` say who of the chosen is left out; approval binds what comes of it.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        one_of("state", MailingState),
        one_of("mode", MailingMode),
        CheckConstraint(
            "(window_from IS NULL) = (window_until IS NULL) AND window_from < window_until", name="window"
        ),
        CheckConstraint("per_hour BETWEEN 1 AND 100000", name="per_hour"),
        CheckConstraint("quiet_days BETWEEN 1 AND 90", name="quiet_days"),
        CheckConstraint("objection_hours BETWEEN 2 AND 336", name="objection_hours"),
        Index("ix_mailing_organisation_id_state", "organisation_id", "state"),
        ForeignKeyConstraint(
            ["organisation_id", "identity_id"], ["sender_identity.organisation_id", "sender_identity.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "corrects_id"],
            ["mailing.organisation_id", "mailing.id"],
            name="fk_mailing_corrects_id",
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    mode: Mapped[str] = mapped_column(default=MailingMode.ORGANISATION)
    ask_id: Mapped[UUID | None] = mapped_column(ForeignKey("ask.id"))
    title: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    sender_name: Mapped[str]
    reply_to: Mapped[str]
    state: Mapped[str] = mapped_column(default=MailingState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    common: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    sender: Mapped[str | None]
    identity_id: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None]
    content_hash: Mapped[str | None]
    approved_hash: Mapped[str | None]
    audience_count: Mapped[int | None]
    review_organisation_id: Mapped[UUID | None]
    asked_names: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    named: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    objection_hours: Mapped[int] = mapped_column(default=48)
    objections_until: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_by_label: Mapped[str]
    last_editor_id: Mapped[UUID | None]
    last_editor_label: Mapped[str]
    updated_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    expanded_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stopped_because: Mapped[str | None]
    send_at: Mapped[datetime | None]
    window_from: Mapped[time | None]
    window_until: Mapped[time | None]
    weekdays_only: Mapped[bool] = mapped_column(default=False)
    per_hour: Mapped[int | None]
    refusals_known: Mapped[int] = mapped_column(default=0)
    answers_looked_at: Mapped[datetime | None]
    spares_pressed: Mapped[bool] = mapped_column(default=False)
    quiet_days: Mapped[int | None]
    progress: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    def become(self, state: MailingState) -> bool:
        """Move to ``state`` if that may follow; returns whether it did."""
        if state not in FOLLOWS[MailingState(self.state)]:
            return False
        self.state = state
        return True

    def touch(self, editor_id: UUID | None, editor_label: str, at: datetime) -> None:
        """Note an edit: a new version, by this person, bound by no approval, lent to nobody."""
        self.last_editor_id, self.last_editor_label, self.updated_at = editor_id, editor_label, at
        self.unbind()

    def unbind(self) -> None:
        """Forget what was asked and answered: a new version, bound by nothing."""
        self.version += 1
        self.content_hash = self.approved_hash = self.approved_at = self.asked_at = None
        self.audience_count = None
        self.review_organisation_id = self.objections_until = None
        self.asked_names, self.named = [], []

    @property
    def is_draft(self) -> bool:
        return self.state == MailingState.DRAFT

    @property
    def is_sending(self) -> bool:
        return self.state == MailingState.SENDING


class MailingReader(Lent, db.Model):
    """An organisation that may read the mailing and the messages, because it was asked to sign off."""

    __tablename__ = "mailing_reader"
    __table_args__ = (of_mailing(), UniqueConstraint("organisation_id", "mailing_id", "reader_id"))

    mailing_id: Mapped[UUID]
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))


class MailingChoice(Lent, db.Model):
    """A chosen representative. ``address``, ``fields`` and ``left_out`` are frozen when sign-off is asked
    for. ``batch_id`` is the same for all that were added at once.
    """

    __tablename__ = "mailing_choice"
    __table_args__ = (
        of_mailing(),
        one_of("left_out", LeftOut),
        UniqueConstraint("organisation_id", "mailing_id", "holding_id"),
        Index("ix_mailing_choice_person_id", "person_id"),
    )

    mailing_id: Mapped[UUID]
    holding_id: Mapped[UUID] = mapped_column(ForeignKey("office_holding.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    salutation: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    address: Mapped[str | None]
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    left_out: Mapped[str | None]
    place: Mapped[int | None]
    batch_id: Mapped[UUID | None]


class MailingRemoval(Owned, db.Model):
    """Whom a draft's last removal took out, each as the choice was, so that they can be put back: one a mailing."""

    __tablename__ = "mailing_removal"
    __table_args__ = (of_mailing(), UniqueConstraint("organisation_id", "mailing_id"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
