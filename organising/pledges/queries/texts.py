"""Reading what a drive says, in the reader's language."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from ...platform.db import db
from ...platform.languages import ENGLISH
from ..models import PledgeDrive, PledgeTranslation, PledgeWording, Translated


@dataclass(frozen=True)
class DriveText:
    """What one reader is shown. ``edition`` 0 is the English itself; ``is_instead``: it stands in for a translation."""

    version: int
    language: str
    edition: int
    title: str
    standfirst: str
    wording: str
    is_instead: bool = False

    @property
    def mark(self) -> str:
        """Which text this is, in few letters and always as many."""
        return f"{self.language}{self.edition:03d}"


@dataclass(frozen=True)
class TextKey:
    """Names one text for ever: texts are only ever added."""

    drive_id: UUID
    version: int
    mark: str


# What a key names never changes, so each process reads it once.
_read: dict[TextKey, DriveText] = {}
MOST_KEPT = 200


@dataclass(frozen=True)
class Translation:
    """How far one language is: the newest version it is of (``None``: none), and whether the public sees it."""

    language: str
    version: int | None
    is_current: bool


def get_text(drive: PledgeDrive, language: str = ENGLISH) -> DriveText:
    """The present text in this language; the English one where the translation is missing or of an earlier version."""
    found = find_text(drive.id, drive.wording_version, language)
    if found is not None:
        return found
    return _english(_get_version(drive.id, drive.wording_version), is_instead=language != ENGLISH)


def find_text(drive_id: UUID, version: int, language: str, edition: int | None = None) -> DriveText | None:
    """One language's text of one version: the edition named, else the newest. ``None`` where there is none."""
    if language == ENGLISH:
        found = db.session.scalars(select(PledgeWording).where(_is_version(drive_id, version))).one_or_none()
        return None if found is None else _english(found)
    statement = select(PledgeTranslation).where(
        PledgeTranslation.drive_id == drive_id,
        PledgeTranslation.version == version,
        PledgeTranslation.language == language,
    )
    if edition is not None:
        statement = statement.where(PledgeTranslation.edition == edition)
    row = db.session.scalars(statement.order_by(PledgeTranslation.edition.desc()).limit(1)).one_or_none()
    return None if row is None else _translated(row)


def find_seen_text(key: TextKey, language: str) -> DriveText | None:
    """The text that a key names, for a reader of this language; ``None`` where there is none."""
    text = _read.get(key)
    if text is None:
        text = find_text(key.drive_id, key.version, key.mark[:2], int(key.mark[2:]) or None)
        if text is None:
            return None
        if len(_read) >= MOST_KEPT:
            _read.clear()
        _read[key] = text
    return replace(text, is_instead=text.language != language)


def get_signed_text(drive_id: UUID, version: int, mark: str | None) -> DriveText:
    """The text that somebody signed: ``mark`` is :attr:`DriveText.mark`; ``None`` once their details are gone."""
    if mark:
        found = find_text(drive_id, version, mark[:2], int(mark[2:]) or None)
        if found is not None:
            return found
    return _english(_get_version(drive_id, version))


def get_wording(drive: PledgeDrive, version: int | None = None) -> str:
    """A drive's English wording: the present version, or the one that somebody signed."""
    return _get_version(drive.id, version or drive.wording_version).wording


def list_wordings(drive: PledgeDrive) -> list[PledgeWording]:
    """All versions of the English text, newest first."""
    statement = select(PledgeWording).where(PledgeWording.drive_id == drive.id)
    return list(db.session.scalars(statement.order_by(PledgeWording.version.desc())))


def whole_text(text: DriveText | PledgeWording | PledgeTranslation) -> str:
    """Title, introduction and wording as one text, to be compared with another's."""
    return f"{text.title}\n{text.standfirst}\n{text.wording}"


def list_translations(drive: PledgeDrive) -> list[Translation]:
    """How far each language is, in the order of the switcher."""
    statement = (
        select(PledgeTranslation.language, func.max(PledgeTranslation.version))
        .where(PledgeTranslation.drive_id == drive.id)
        .group_by(PledgeTranslation.language)
    )
    newest: dict[str, int] = dict(db.session.execute(statement).all())
    return [
        Translation(language, newest.get(language), newest.get(language) == drive.wording_version)
        for language in Translated
    ]


def find_newest_translation(drive: PledgeDrive, language: str) -> DriveText | None:
    """The newest text in this language, of whichever version; ``None`` where there never was one."""
    statement = (
        select(PledgeTranslation)
        .where(PledgeTranslation.drive_id == drive.id, PledgeTranslation.language == language)
        .order_by(PledgeTranslation.version.desc(), PledgeTranslation.edition.desc())
    )
    row = db.session.scalars(statement.limit(1)).one_or_none()
    return None if row is None else _translated(row)


def _is_version(drive_id: UUID, version: int) -> ColumnElement[bool]:
    return and_(PledgeWording.drive_id == drive_id, PledgeWording.version == version)


def _get_version(drive_id: UUID, version: int) -> PledgeWording:
    return db.session.scalars(select(PledgeWording).where(_is_version(drive_id, version))).one()


def _english(row: PledgeWording, *, is_instead: bool = False) -> DriveText:
    return DriveText(row.version, ENGLISH, 0, row.title, row.standfirst, row.wording, is_instead)


def _translated(row: PledgeTranslation) -> DriveText:
    return DriveText(row.version, row.language, row.edition, row.title, row.standfirst, row.wording)
