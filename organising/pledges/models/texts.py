"""What a drive says: versions of its English text, and their translations."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from ...platform.checks import one_of
from ...platform.db import Shared, db
from .drives import member_key


class Translated(StrEnum):
    """The languages that a drive's text can be given in beside English, which comes first."""

    WELSH = "cy"
    SPANISH = "es"
    PORTUGUESE = "pt"


class OfDrive(Shared):
    """A campaign's row that belongs to one drive."""

    drive_id: Mapped[UUID]


def drive_key() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """A drive's own row is in its campaign, and of an organisation that takes part there."""
    return (
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        member_key(),
    )


class PledgeWording(OfDrive, db.Model):
    """One version of a drive's English text, as it was signed. Append-only."""

    __tablename__ = "pledge_wording"
    __table_args__: Any = (UniqueConstraint("drive_id", "version"), *drive_key())

    version: Mapped[int]
    title: Mapped[str]
    standfirst: Mapped[str]
    wording: Mapped[str]


class PledgeTranslation(OfDrive, db.Model):
    """A version's text in another language; a correction of the translation alone is another edition. Append-only."""

    __tablename__ = "pledge_translation"
    __table_args__: Any = (
        UniqueConstraint("drive_id", "language", "version", "edition"),
        ForeignKeyConstraint(["drive_id", "version"], ["pledge_wording.drive_id", "pledge_wording.version"]),
        *drive_key(),
        one_of("language", Translated),
    )

    version: Mapped[int]
    language: Mapped[str]
    edition: Mapped[int]
    title: Mapped[str]
    standfirst: Mapped[str]
    wording: Mapped[str]
