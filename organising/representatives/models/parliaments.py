"""Parliaments from election to dissolution, and the recesses between sittings."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from organising.platform.checks import one_of
from organising.platform.db import Reference, db


class Chamber(StrEnum):
    COMMONS = "commons"
    LORDS = "lords"
    SCOTTISH = "scottish"
    SENEDD = "senedd"
    NI_ASSEMBLY = "ni_assembly"


class Parliament(Reference, db.Model):
    """One parliament of a chamber. Its members sit from ``elected_on`` up to the day before ``dissolved_on``."""

    __tablename__ = "parliament"
    __table_args__ = (
        one_of("chamber", Chamber),
        UniqueConstraint("chamber", "number"),
        CheckConstraint("dissolved_on IS NULL OR dissolved_on > elected_on", name="order"),
    )

    chamber: Mapped[str]
    number: Mapped[int]
    name: Mapped[str]
    elected_on: Mapped[date]
    dissolved_on: Mapped[date | None]


class Recess(Reference, db.Model):
    """Days, the last one included, on which a chamber does not sit."""

    __tablename__ = "recess"
    __table_args__ = (
        one_of("chamber", Chamber),
        UniqueConstraint("chamber", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="order"),
    )

    chamber: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
