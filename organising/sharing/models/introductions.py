"""An introduction as its sender keeps it, and as it lies before its receiver."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import Owned, db
from ...platform.sealing import Sealed


class IntroductionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


class SaidHow(StrEnum):
    """How somebody said that they want to be introduced."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"
    PAPER = "paper"
    FORM = "form"


def of_own_contact(ondelete: str) -> ForeignKeyConstraint:
    """The contact is of the row's organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", "contact_id"], ["contact.organisation_id", "contact.id"], ondelete=ondelete
    )


class Introduction(Owned, db.Model):
    """The sender's: whom, to which partner, in which words they agreed, which fields went. The state is all it learns."""

    __tablename__ = "introduction"
    __table_args__: Any = (
        # It holds the person's own words, and goes with them.
        of_own_contact("CASCADE"),
        CheckConstraint("receiver_id <> organisation_id", name="receiver"),
        one_of("state", IntroductionState),
        one_of("consent_how", SaidHow),
        Index(
            "uq_introduction_open",
            "organisation_id",
            "contact_id",
            "receiver_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    contact_id: Mapped[UUID | None]
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(default=IntroductionState.OPEN)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    consent_words_cipher: Mapped[bytes]
    consent_how: Mapped[str]
    consent_on: Mapped[date]
    author_label: Mapped[str]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    consent_words = Sealed("consent_words_cipher")


class IntroductionOffer(Owned, db.Model):
    """The receiver's: what came, sealed with its own key, until it is answered. Definer functions alone write it."""

    __tablename__ = "introduction_offer"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["sender_id", "id"], ["introduction.organisation_id", "introduction.id"], ondelete="CASCADE"
        ),
        of_own_contact("SET NULL (contact_id)"),
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'expired')", name="state"),
        CheckConstraint("state = 'open' OR payload_cipher IS NULL", name="payload"),
        Index(None, "sender_id", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    sender_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=IntroductionState.OPEN)
    payload_cipher: Mapped[bytes | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    contact_id: Mapped[UUID | None]

    payload = Sealed("payload_cipher")
