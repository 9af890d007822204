"""Which version of the agreement stands, which one an organisation accepted, and what it took out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from ..platform.db import db
from ..platform.retention import under_ceiling
from ..platform.tenancy import context_of
from .models import AgreementAcceptance, AgreementVersion, ExportRecord
from .terms import FIRST, Terms, Version

# So long an earlier yes holds when a new version asks: a partner's pledge does not stop overnight.
GRACE = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """Where an organisation stands: the newest version, the one it last said yes to, and until when that is enough."""

    newest: Version
    accepted: Version | None
    acceptance: AgreementAcceptance | None
    grace_until: datetime | None

    @property
    def is_current(self) -> bool:
        """Whether it said yes to the newest, word for word."""
        return (
            self.accepted is not None
            and self.acceptance is not None
            and self.accepted.number == self.newest.number
            and self.acceptance.digest == self.newest.digest
        )

    def holds(self, at: datetime) -> bool:
        """Whether its yes is enough at this moment."""
        return self.is_current or (
            self.acceptance is not None and self.grace_until is not None and at < self.grace_until
        )

    @property
    def obeyed(self) -> Version:
        """The version that the runtime obeys for this organisation: the one accepted, or the newest before any was."""
        return self.accepted or self.newest


def list_versions(campaign_id: UUID | None) -> list[Version]:
    """Every version, the newest first; the last one is the template."""
    return [*(_version(row) for row in _rows(campaign_id)), FIRST]


def _rows(campaign_id: UUID | None) -> Sequence[AgreementVersion]:
    # A sweep knows of no campaign: what its organisation may read is its campaign's.
    statement = select(AgreementVersion).order_by(AgreementVersion.number.desc())
    if campaign_id is not None:
        statement = statement.where(AgreementVersion.campaign_id == campaign_id)
    return db.session.scalars(statement).all()


def find_version(campaign_id: UUID | None, number: int) -> Version | None:
    """One version by its number."""
    return next((one for one in list_versions(campaign_id) if one.number == number), None)


def _version(row: AgreementVersion) -> Version:
    return Version(row.number, row.name, Terms.read(row.terms), row.note)


def find_standing(organisation_id: UUID, campaign_id: UUID | None) -> Standing:
    """Where an organisation stands with the campaign's agreement."""
    rows = _rows(campaign_id)
    versions = {1: FIRST} | {row.number: _version(row) for row in rows}
    yes = select(AgreementAcceptance).where(AgreementAcceptance.organisation_id == organisation_id)
    if campaign_id is not None:
        yes = yes.where(AgreementAcceptance.campaign_id == campaign_id)
    accepted = db.session.scalar(yes.order_by(AgreementAcceptance.version.desc()).limit(1))
    return Standing(
        newest=_version(rows[0]) if rows else FIRST,
        accepted=versions.get(accepted.version) if accepted else None,
        acceptance=accepted,
        grace_until=rows[0].created_at + GRACE if rows else None,
    )


def _idle_days() -> int:
    """For how long the session's organisation may keep a contact without contact: clause 5.3 of what it accepted."""
    organisation_id = context_of(db.session()).organisation_id
    months = (
        find_standing(organisation_id, None).obeyed.terms.contacts_months
        if organisation_id
        else FIRST.terms.contacts_months
    )
    return round(months * 365 / 12)


under_ceiling("contacts.idle", _idle_days)


def list_acceptances(campaign_id: UUID | None) -> Sequence[AgreementAcceptance]:
    """Every yes of every partner, the latest first."""
    return db.session.scalars(
        select(AgreementAcceptance)
        .where(AgreementAcceptance.campaign_id == campaign_id)
        .order_by(AgreementAcceptance.created_at.desc())
    ).all()


def list_exports() -> Select[tuple[ExportRecord]]:
    """What the session's organisation took out."""
    return select(ExportRecord)


def list_exports_between(since: datetime, until: datetime) -> Sequence[ExportRecord]:
    """What it took out in a window, the earliest first."""
    return db.session.scalars(
        select(ExportRecord)
        .where(ExportRecord.created_at >= since, ExportRecord.created_at <= until)
        .order_by(ExportRecord.created_at, ExportRecord.id)
    ).all()


def count_exports() -> int:
    """How many files it ever took out."""
    return db.session.scalar(select(func.count()).select_from(ExportRecord)) or 0
