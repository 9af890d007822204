"""People in public life, with all their names, and their parties."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Ownership, Reference, db
from organising.representatives.models.spans import FOLDED, Span, known_precision
from organising.representatives.names import Salutation, derive_salutation, envelope_name


class ContactPreference(StrEnum):
    """How an office wants to be written to."""

    EMAIL = "email"
    WEB_FORM = "web_form"
    INVITATIONS = "invitations"
    NO_CIRCULARS = "no_circulars"


class Party(Reference, db.Model):
    """A party or group; ``key`` is shared by all spellings of its name."""

    __tablename__ = "party"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    colour: Mapped[str | None]


class Person(Reference, db.Model):
    """A person who holds or held office. ``full_title`` is the style as the source prints it.

    ``contact_preference`` is how their office asked to be written to, kept by hand: files don't say it.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_sort_key_id", "sort_key", "id"),
        one_of("contact_preference", ContactPreference),
    )

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    family_name: Mapped[str | None]
    full_title: Mapped[str | None]
    salutation: Mapped[str | None]
    salutation_checked_at: Mapped[datetime | None]
    salutation_checked_by: Mapped[str | None]
    contact_preference: Mapped[str | None]
    contact_preference_note: Mapped[str | None]
    contact_preference_by: Mapped[str | None]
    contact_preference_at: Mapped[datetime | None]

    def greeting(self, kind: str, *, office: str | None = None) -> Salutation:
        """The words after “Dear”: those a person checked, else a proposal. ``kind`` is the office's kind."""
        proposed = derive_salutation(
            self.full_title, self.name, kind, family_name=self.family_name, office=office
        )
        if self.salutation is None or self.salutation_checked_at is None or proposed.by_office:
            return proposed
        return Salutation(self.salutation, True, f"Checked by {self.salutation_checked_by}.")

    def envelope(self, kind: str) -> str:
        """The name for an envelope: “The Rt Hon … MP”."""
        return envelope_name(self.full_title, self.name, kind)

    def check_salutation(self, words: str, by: str, at: datetime) -> bool:
        """Keep ``words`` as checked; returns whether that changed anything."""
        if self.salutation == words and self.salutation_checked_at is not None:
            return False
        self.salutation, self.salutation_checked_by, self.salutation_checked_at = words, by, at
        return True

    def prefer(self, preference: ContactPreference | None, note: str | None, by: str, at: datetime) -> bool:
        """Note how the office wants to be written to; returns whether that changed anything."""
        if (self.contact_preference, self.contact_preference_note) == (preference, note):
            return False
        self.contact_preference, self.contact_preference_note = preference, note
        self.contact_preference_by, self.contact_preference_at = by, at
        return True

    @property
    def takes_mailings(self) -> bool:
        """Whether the office has not asked for another way than a letter to many by email."""
        return self.contact_preference in (None, ContactPreference.EMAIL)


class PersonIdentifier(db.Model):
    """What a source calls a person; merged records leave theirs to the person kept."""

    __tablename__ = "person_identifier"
    __ownership__ = Ownership.REFERENCE

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class PersonName(Reference, Span, db.Model):
    """A name that a person goes or went by; those that are not ``is_main`` only help to find them."""

    __tablename__ = "person_name"
    __table_args__ = (
        UniqueConstraint("person_id", "text", "is_main"),
        known_precision(),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    is_main: Mapped[bool]
    is_peerage: Mapped[bool]
    family_name: Mapped[str | None]
    honorific: Mapped[str | None]


class PersonToken(db.Model):
    """A folded word by which a person is found: of their names, and of the seat they hold."""

    __tablename__ = "person_token"
    __ownership__ = Ownership.REFERENCE

    token: Mapped[str] = mapped_column(FOLDED, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
