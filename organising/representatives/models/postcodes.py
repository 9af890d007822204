"""Postcodes and the areas that each lies in, as the loaded table says."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Ownership, Reference, db
from organising.representatives.models.spans import FOLDED


class PostcodePlace(db.Model):
    """Areas that occur together, by GSS code; an empty code where there is none.

    A million postcodes share some ten thousand of these, which keeps a postcode's own row small.
    """

    __tablename__ = "postcode_place"
    __ownership__ = Ownership.REFERENCE
    __table_args__ = (
        UniqueConstraint(
            "constituency", "country", "county", "authority", "ward", "police_force", "health_board"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    constituency: Mapped[str]
    country: Mapped[str]
    county: Mapped[str]
    authority: Mapped[str]
    ward: Mapped[str]
    police_force: Mapped[str]
    health_board: Mapped[str]


class Postcode(db.Model):
    """One postcode. ``key`` is written in capitals without a space; ``terminated_on`` is the first of its last month."""

    __tablename__ = "postcode"
    __ownership__ = Ownership.REFERENCE

    key: Mapped[str] = mapped_column(FOLDED, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("postcode_place.id"))
    terminated_on: Mapped[date | None]


class PostcodeLoad(Reference, db.Model):
    """A file that changed the table, so that people see how old their answers are."""

    __tablename__ = "postcode_load"

    file_name: Mapped[str]
    postcodes: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    removed: Mapped[int]
