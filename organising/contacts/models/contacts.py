"""A contact with its details, tags, areas and notes, and the words by which it is found."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.db import Owned, db
from ...platform.removal import Removable
from ...platform.sealing import Sealed

LONGEST_NAME = 200
LONGEST_TAG = 60


class ContactKind(StrEnum):
    PERSON = "person"
    INSTITUTION = "institution"


class Sector(StrEnum):
    EDUCATION = "education"
    HEALTH = "health"
    POLICE = "police"
    LOCAL_AUTHORITY = "local_authority"
    JOBCENTRE = "jobcentre"
    OTHER = "other"
    NOT_PUBLIC = "not_public"


class Source(StrEnum):
    """How the organisation came by somebody."""

    IN_PERSON = "in_person"
    EVENT = "event"
    FORM = "form"
    PAPER = "paper"
    REFERRAL = "referral"
    IMPORT = "import"
    OTHER = "other"


class DetailKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


class DetailUse(StrEnum):
    HOME = "home"
    WORK = "work"
    OTHER = "other"


class Held(Owned):
    """A row of one organisation, which is named in the table of organisations."""

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


def of_contact(**options: Any) -> ForeignKeyConstraint:
    """Within one organisation: a row of another's can't be pointed at."""
    return ForeignKeyConstraint(
        ["organisation_id", "contact_id"],
        ["contact.organisation_id", "contact.id"],
        **({"ondelete": "CASCADE"} | options),
    )


class Contact(Held, db.Model):
    """Somebody, or a body, that the organisation knows. ``version`` counts edits from 1.

    ``sort_key`` is the folded name, ``colleague_id`` who of the organisation looks after them. Job, workplace and language are sealed: language hints at nationality.
    There is no field for immigration status.
    """

    __tablename__ = "contact"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"], ondelete="SET NULL (unit_id)"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "merged_into_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (merged_into_id)",
        ),
        CheckConstraint("merged_into_id IS NULL OR archived_at IS NOT NULL", name="merged"),
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("kind", ContactKind),
        one_of("sector", Sector),
        one_of("source", Source),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_NAME}", name="name"),
        Index(None, "organisation_id", "sort_key", "id"),
        Index(None, "organisation_id", "unit_id"),
        Index(None, "organisation_id", "merged_into_id"),
        Index(None, "organisation_id", "colleague_id"),
    )

    kind: Mapped[str] = mapped_column(default=ContactKind.PERSON)
    name: Mapped[str]
    sort_key: Mapped[str]
    unit_id: Mapped[UUID | None]
    sector: Mapped[str | None]
    source: Mapped[str | None]
    source_detail_cipher: Mapped[bytes | None]
    job_cipher: Mapped[bytes | None]
    workplace_cipher: Mapped[bytes | None]
    language_cipher: Mapped[bytes | None]
    submission_key: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None]
    colleague_id: Mapped[UUID | None]
    # What they asked for at the rights desk: to be kept and not used, and not to be written to.
    restricted_at: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]

    source_detail = Sealed("source_detail_cipher")
    job = Sealed("job_cipher")
    workplace = Sealed("workplace_cipher")
    language = Sealed("language_cipher")

    @property
    def is_held_back(self) -> bool:
        """Whether they asked to be kept and not used, or not to be written to."""
        return self.restricted_at is not None or self.objected_at is not None

    def archive(self, at: datetime) -> bool:
        """Take it out of lists and searches; returns whether that changed anything."""
        if self.archived_at is not None:
            return False
        self.archived_at = at
        return True

    def restore(self) -> bool:
        """Bring an archived one back; returns whether that changed anything."""
        if self.archived_at is None:
            return False
        self.archived_at = None
        return True


class ContactDetail(Held, db.Model):
    """An email address, a phone number (E.164) or a postal address, with the days on which it held.

    ``value`` is sealed; ``value_key`` finds an email or a phone exactly, within this organisation alone.
    ``place`` is the order in which the organisation uses those of one kind, from 1.
    """

    __tablename__ = "contact_detail"
    __table_args__: Any = (
        of_contact(),
        UniqueConstraint("organisation_id", "contact_id", "kind", "place"),
        one_of("kind", DetailKind),
        one_of("use", DetailUse),
        CheckConstraint("(kind = 'address') = (value_key IS NULL)", name="value_key"),
        CheckConstraint("kind = 'address' OR postcode IS NULL", name="postcode"),
        CheckConstraint("num_nonnulls(value_cipher, postcode) > 0", name="value"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        Index(None, "organisation_id", "value_key"),
        Index(None, "organisation_id", "postcode"),
    )

    contact_id: Mapped[UUID]
    kind: Mapped[str]
    place: Mapped[int] = mapped_column(SmallInteger)
    use: Mapped[str] = mapped_column(default=DetailUse.HOME)
    value_cipher: Mapped[bytes | None]
    value_key: Mapped[bytes | None]
    postcode: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    value = Sealed("value_cipher")

    def holds(self, on: date) -> bool:
        """Whether it holds on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or self.valid_until >= on
        )


class ContactArea(Held, db.Model):
    """An area that a present address of a contact lies in, by its GSS code."""

    __tablename__ = "contact_area"
    __table_args__: Any = (
        of_contact(),
        UniqueConstraint("organisation_id", "contact_id", "gss_code"),
        Index(None, "organisation_id", "gss_code"),
    )

    contact_id: Mapped[UUID]
    gss_code: Mapped[str]


class Tag(Held, db.Model):
    """A word of the organisation's own for some of its contacts."""

    __tablename__ = "tag"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "name_folded"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_TAG}", name="name"),
    )

    name: Mapped[str]
    name_folded: Mapped[str]


class ContactTag(Held, db.Model):
    """That a contact bears a tag."""

    __tablename__ = "contact_tag"
    __table_args__: Any = (
        of_contact(),
        ForeignKeyConstraint(
            ["organisation_id", "tag_id"], ["tag.organisation_id", "tag.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("organisation_id", "contact_id", "tag_id"),
        Index(None, "organisation_id", "tag_id"),
    )

    contact_id: Mapped[UUID]
    tag_id: Mapped[UUID]


class ContactNote(Held, Removable, db.Model):
    """What somebody wrote about a contact, for colleagues."""

    __tablename__ = "contact_note"
    __table_args__: Any = (
        of_contact(),
        UniqueConstraint("organisation_id", "submission_key"),
        Index(None, "organisation_id", "contact_id", "created_at"),
    )

    contact_id: Mapped[UUID]
    author_user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    submission_key: Mapped[UUID]
    body_cipher: Mapped[bytes]

    body = Sealed("body_cipher")


class SearchToken(Held, db.Model):
    """One folded word of a contact's name or postcode. ``id`` is the contact's.

    Equality and ``^@`` keep their index under row security, as they leak nothing; ILIKE and trigrams do not.
    """

    __tablename__ = "search_token"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "id"], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
        ),
        Index(None, "organisation_id", "token", "id"),
    )

    # Byte by byte in every database: only so does an index serve the beginnings of words.
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True, sort_order=1)
