"""People in public office. Person, seat and term stay apart, and history stays.

A by-election, a change of party or a dissolution ends one holding and starts another.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.clock import now
from organising.platform.db import Ownership, Reference, db
from organising.representatives.names import Salutation, derive_salutation, envelope_name
from organising.representatives.readers.records import PartialDate

# Compared byte by byte, so that an index serves prefixes and the order is the same on every server.
FOLDED = Text(collation="C")


class AreaKind(StrEnum):
    WESTMINSTER = "westminster"
    SCOTTISH = "scottish"
    SENEDD = "senedd"
    NI_ASSEMBLY = "ni_assembly"
    LOCAL_AUTHORITY = "local_authority"
    POLICE_FORCE = "police_force"
    ICB = "icb"


class OfficeKind(StrEnum):
    MP = "mp"
    PEER = "peer"
    MSP = "msp"
    MS = "ms"
    MLA = "mla"
    PCC = "pcc"
    MAYOR = "mayor"
    MINISTER = "minister"
    SHADOW = "shadow"
    COUNCILLOR = "councillor"
    CHIEF_CONSTABLE = "chief_constable"
    TRUST_CEO = "trust_ceo"
    CANDIDATE = "candidate"


class ContactKind(StrEnum):
    PARLIAMENTARY_OFFICE = "parliamentary_office"
    CONSTITUENCY_OFFICE = "constituency_office"
    DIARY = "diary"
    CASEWORKER = "caseworker"
    DEPARTMENT = "department"
    WEBSITE = "website"
    SOCIAL = "social"


def _one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _known_precision() -> CheckConstraint:
    known = "('day', 'month', 'year')"
    return CheckConstraint(f"start_precision IN {known} AND end_precision IN {known}", name="precision")


class Span:
    """From a day to a day, either unknown, each known to the day, the month or the year (`…_precision`).

    A start known to the month is kept as its first day, an end as its last.
    """

    start_on: Mapped[date | None]
    start_precision: Mapped[str] = mapped_column(default="day")
    end_on: Mapped[date | None]
    end_precision: Mapped[str] = mapped_column(default="day")

    @property
    def start(self) -> PartialDate | None:
        return self.start_on and PartialDate.known_to(self.start_on, self.start_precision)  # type: ignore[arg-type, return-value]

    @property
    def end(self) -> PartialDate | None:
        return self.end_on and PartialDate.known_to(self.end_on, self.end_precision)  # type: ignore[arg-type, return-value]


class Party(Reference, db.Model):
    """A party or group; ``key`` is shared by all spellings of its name."""

    __tablename__ = "party"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    colour: Mapped[str | None]


class Area(Reference, Span, db.Model):
    """An area with a seat. ``start_on`` tells the generations of boundaries apart."""

    __tablename__ = "area"
    __table_args__ = (
        _one_of("kind", AreaKind),
        _known_precision(),
        # Deferred: an import may exchange the codes of two seats.
        UniqueConstraint("kind", "gss_code", deferrable=True, initially="DEFERRED"),
        Index("ix_area_kind_sort_key", "kind", "sort_key"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    other_names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    gss_code: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    hex_q: Mapped[int | None]
    hex_r: Mapped[int | None]


class AreaIdentifier(db.Model):
    """What a source calls an area; a recoded seat keeps its former code here."""

    __tablename__ = "area_identifier"
    __ownership__ = Ownership.REFERENCE

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Person(Reference, db.Model):
    """A person who holds or held office. ``full_title`` is the style as the source prints it."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_sort_key_id", "sort_key", "id"),)

    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(FOLDED)
    family_name: Mapped[str | None]
    full_title: Mapped[str | None]
    salutation: Mapped[str | None]
    salutation_checked_at: Mapped[datetime | None]
    salutation_checked_by: Mapped[str | None]

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
        _known_precision(),
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


class OfficeHolding(Reference, Span, db.Model):
    """One term in one office for one party; open while ``end_on`` is empty.

    ``source_id`` and ``source_statement`` are what the source calls it and last said of it, so that a file
    read again changes nothing that something newer has changed since.
    """

    __tablename__ = "office_holding"
    __table_args__ = (
        _one_of("kind", OfficeKind),
        CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="order"),
        _known_precision(),
        UniqueConstraint("source", "source_id"),
        Index(
            "uq_office_holding_open_seat",
            "area_id",
            unique=True,
            postgresql_where=text("end_on IS NULL AND kind = 'mp'"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    start_reason: Mapped[str | None]
    end_reason: Mapped[str | None]
    source: Mapped[str]
    source_id: Mapped[str | None]
    source_statement: Mapped[str | None]
    source_note: Mapped[str | None]

    person: Mapped[Person] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)
    party: Mapped[Party | None] = relationship(viewonly=True)


class ContactPoint(Reference, db.Model):
    """A published way to reach a person; ended, not deleted, when the source has another or none."""

    __tablename__ = "contact_point"
    __table_args__ = (
        _one_of("kind", ContactKind),
        CheckConstraint("coalesce(email, phone, address, url) IS NOT NULL", name="something"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    url: Mapped[str | None]
    is_preferred: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    checked_on: Mapped[date]
    ended_on: Mapped[date | None]
    bounced_at: Mapped[datetime | None]


class SeatStatement(db.Model):
    """What an undated table last said of a seat: a repetition is no news, a difference is.

    ``person_id`` empty says vacant.
    """

    __tablename__ = "seat_statement"
    __ownership__ = Ownership.REFERENCE

    source: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
