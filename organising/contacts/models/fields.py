"""Fields of an organisation's own: what it keeps of its contacts beside what everybody keeps."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import db
from ...platform.removal import Removable
from ...platform.sealing import Sealed
from .contacts import Held, of_contact

LONGEST_FIELD = 60


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    TRUTH = "truth"
    ONE_OF = "one_of"
    SEVERAL_OF = "several_of"

    @property
    def has_options(self) -> bool:
        """Whether one chooses among words that an admin wrote."""
        return self in (FieldKind.ONE_OF, FieldKind.SEVERAL_OF)


class ContactField(Held, Removable, db.Model):
    """A field that an admin defined. Its kind never changes; one that is put away keeps what was written in it."""

    __tablename__ = "contact_field"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "name_folded"),
        one_of("kind", FieldKind),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_FIELD}", name="name"),
    )

    name: Mapped[str]
    name_folded: Mapped[str]
    kind: Mapped[str]
    place: Mapped[int]


class ContactFieldOption(Held, Removable, db.Model):
    """One of the words that a field lets choose among."""

    __tablename__ = "contact_field_option"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "field_id"], ["contact_field.organisation_id", "contact_field.id"]
        ),
        UniqueConstraint("organisation_id", "field_id", "name_folded"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_FIELD}", name="name"),
    )

    field_id: Mapped[UUID]
    name: Mapped[str]
    name_folded: Mapped[str]
    place: Mapped[int]


class ContactFieldValue(Held, db.Model):
    """What a contact's field holds: one row, or one for each option chosen. Text is sealed, and found exactly by its key."""

    __tablename__ = "contact_field_value"
    __table_args__: Any = (
        of_contact(),
        ForeignKeyConstraint(
            ["organisation_id", "field_id"], ["contact_field.organisation_id", "contact_field.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "option_id"],
            ["contact_field_option.organisation_id", "contact_field_option.id"],
        ),
        UniqueConstraint("organisation_id", "contact_id", "field_id", "option_id"),
        CheckConstraint("num_nonnulls(option_id, number, day, truth, text_cipher) = 1", name="value"),
        CheckConstraint("(text_cipher IS NULL) = (text_key IS NULL)", name="text_key"),
        Index(None, "organisation_id", "field_id"),
    )

    contact_id: Mapped[UUID]
    field_id: Mapped[UUID]
    option_id: Mapped[UUID | None]
    number: Mapped[Decimal | None] = mapped_column(Numeric)
    day: Mapped[date | None]
    truth: Mapped[bool | None]
    text_cipher: Mapped[bytes | None]
    text_key: Mapped[bytes | None]

    text = Sealed("text_cipher")
