"""What became of each message, and how many left lately."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.models.mailings import of_mailing
from organising.mailings.states import DeliveryState
from organising.platform.checks import one_of
from organising.platform.db import Aggregate, Owned, db


class Delivery(Owned, db.Model):
    """One message to one representative: the outbox. No index names a column that changes from state to
    state.

    It is made from a chosen representative's entry (``choice_id``: one for each holding), from one letter that a
    constituent wrote (``letter_id``: one for each letter, whoever it goes to), for somebody who signed
    (``pledge_id``: one for each person and for each mailbox, by keys that name nobody), or for a contact
    (``contact_id``: one for each contact and mailbox). Where those two are written to stands in their own rows only,
    sealed. When a contact is erased the database empties ``contact_id``, makes ``email_key`` mean nothing, and lets
    nothing leave that was still waiting: the count stays.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        of_mailing(),
        one_of("state", DeliveryState),
        CheckConstraint(
            "num_nonnulls(choice_id, letter_id, pledge_id, contact_id) = 1 "
            "OR (num_nonnulls(choice_id, letter_id, pledge_id, contact_id) = 0 AND email_key IS NOT NULL)",
            name="source",
        ),
        CheckConstraint(
            "CASE WHEN email_key IS NULL THEN num_nonnulls(holding_id, address) = 2 "
            "AND num_nonnulls(pledge_id, contact_id) = 0 "
            "ELSE num_nonnulls(holding_id, address, choice_id, letter_id) = 0 "
            "AND (pledge_id IS NULL OR person_key IS NOT NULL) END",
            name="recipient",
        ),
        ForeignKeyConstraint(["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        Index(
            "uq_delivery_contact",
            "organisation_id",
            "contact_id",
            "mailing_id",
            unique=True,
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
        Index(
            "uq_delivery_person",
            "organisation_id",
            "mailing_id",
            "person_key",
            unique=True,
            postgresql_where=text("pledge_id IS NOT NULL"),
        ),
        Index(
            "uq_delivery_mailbox",
            "organisation_id",
            "mailing_id",
            "email_key",
            unique=True,
            postgresql_where=text("email_key IS NOT NULL"),
        ),
        Index(
            "uq_delivery_choice",
            "organisation_id",
            "mailing_id",
            "holding_id",
            unique=True,
            postgresql_where=text("letter_id IS NULL"),
        ),
        UniqueConstraint("organisation_id", "letter_id"),
        Index(
            "ix_delivery_organisation_id_pledge_id",
            "organisation_id",
            "pledge_id",
            postgresql_where=text("pledge_id IS NOT NULL"),
        ),
        Index("ix_delivery_organisation_id_mailing_id_place", "organisation_id", "mailing_id", "place"),
        UniqueConstraint("organisation_id", "message_id"),
    )

    mailing_id: Mapped[UUID]
    choice_id: Mapped[UUID | None]
    letter_id: Mapped[UUID | None]
    pledge_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    person_key: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    holding_id: Mapped[UUID | None] = mapped_column(ForeignKey("office_holding.id"))
    place: Mapped[int]
    address: Mapped[str | None]
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default=DeliveryState.QUEUED)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    next_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    queue_id: Mapped[str | None]
    last_code: Mapped[int | None]
    last_reply: Mapped[str | None] = mapped_column(Text)
    absence: Mapped[str | None]

    @property
    def is_private(self) -> bool:
        """Whether it goes to somebody whose address stands in their own row alone, sealed."""
        return self.email_key is not None


class SendingSlot(Aggregate, db.Model):
    """How many messages went in a twelfth of a window, over all partners, under a name that tells nobody whose."""

    __tablename__ = "sending_slot"
    __table_args__ = ({"schema": "counting"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    taken: Mapped[int]


class SendingSlow(Aggregate, db.Model):
    """A domain that asked to be left alone until then; ``times`` it has asked in a row."""

    __tablename__ = "sending_slow"
    __table_args__ = ({"schema": "counting"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    until_at: Mapped[datetime]
    times: Mapped[int]
