"""What became of each message, and how many left lately."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
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

    It is made from a chosen representative's entry (``choice_id``: one for each holding) or from one letter that a
    constituent wrote (``letter_id``: one for each letter, whoever it goes to).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        of_mailing(),
        one_of("state", DeliveryState),
        CheckConstraint("num_nonnulls(choice_id, letter_id) = 1", name="source"),
        Index(
            "uq_delivery_choice",
            "organisation_id",
            "mailing_id",
            "holding_id",
            unique=True,
            postgresql_where=text("letter_id IS NULL"),
        ),
        UniqueConstraint("organisation_id", "letter_id"),
        Index("ix_delivery_organisation_id_mailing_id_place", "organisation_id", "mailing_id", "place"),
        UniqueConstraint("organisation_id", "message_id"),
    )

    mailing_id: Mapped[UUID]
    choice_id: Mapped[UUID | None]
    letter_id: Mapped[UUID | None]
    holding_id: Mapped[UUID] = mapped_column(ForeignKey("office_holding.id"))
    place: Mapped[int]
    address: Mapped[str]
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
