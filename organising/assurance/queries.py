"""Reading requests by authorities, breaches and departures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text

from ..contacts.models import Contact
from ..letters.models import Letter
from ..organisations.models import Campaign
from ..platform.audit import AuditEvent
from ..platform.db import db
from ..pledges.models import PaperRow, Pledge
from ..safeguards.models import ExportRecord
from ..safeguards.queries import list_exports_between
from .models import Breach, BreachNote, Departure, DisclosureRequest


def find_first_campaign() -> Campaign | None:
    """The campaign that the public sees."""
    return db.session.scalar(select(Campaign).order_by(Campaign.created_at).limit(1))


def list_disclosures() -> Select[tuple[DisclosureRequest]]:
    """The organisation's own requests."""
    return select(DisclosureRequest)


def list_breaches() -> Sequence[Breach]:
    """The organisation's breaches, open ones first."""
    return db.session.scalars(
        select(Breach).order_by(Breach.closed_at.is_not(None), Breach.noticed_at.desc())
    ).all()


def list_notes(breach_id: UUID) -> Sequence[BreachNote]:
    """What was written down, the earliest first."""
    return db.session.scalars(
        select(BreachNote)
        .where(BreachNote.breach_id == breach_id)
        .order_by(BreachNote.created_at, BreachNote.id)
    ).all()


def find_departure() -> Departure | None:
    """The organisation's last departure."""
    return db.session.scalar(select(Departure).order_by(Departure.created_at.desc()).limit(1))


@dataclass(frozen=True)
class DisclosureCount:
    """Requests over all partners, of one year."""

    year: int
    received: int
    answered: int


def count_disclosures() -> list[DisclosureCount]:
    """Over all partners, by year: what the public is told after rounding."""
    rows = db.session.execute(text("SELECT year, received, answered FROM app.disclosure_counts()"))
    return [DisclosureCount(row.year, row.received, row.answered) for row in rows]


@dataclass(frozen=True)
class Affected:
    """Who was kept in a window, what was taken out, and how much was done, by kind."""

    contacts: int
    signers: int
    letters: int
    paper: int
    exports: Sequence[ExportRecord]
    deeds: Sequence[tuple[str, int]]

    @property
    def taken_out(self) -> int:
        """Rows of people in the files that were taken out."""
        return sum(one.row_count for one in self.exports if one.kind in ("contacts", "signers", "leaving"))


def count_affected(since: datetime, until: datetime) -> Affected:
    """The session's organisation's own in a window: kept by its end, and taken out or done within it."""
    deeds = db.session.execute(
        select(AuditEvent.action, func.count())
        .where(AuditEvent.created_at >= since, AuditEvent.created_at <= until)
        .group_by(AuditEvent.action)
        .order_by(func.count().desc(), AuditEvent.action)
    )
    return Affected(
        contacts=_count(Contact, Contact.created_at <= until),
        signers=_count(
            Pledge,
            Pledge.created_at <= until,
            func.coalesce(Pledge.details_removed_at, until) >= since,
        ),
        letters=_count(
            Letter, Letter.created_at <= until, func.coalesce(Letter.details_removed_at, until) >= since
        ),
        paper=_count(PaperRow, PaperRow.created_at <= until, PaperRow.name.is_not(None)),
        exports=list_exports_between(since, until),
        deeds=[(row[0], row[1]) for row in deeds],
    )


def _count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]
