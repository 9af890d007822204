"""Reading drives, published tallies and one's own signers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ..organisations.models import Ask, Campaign, CampaignMember, CoalitionStatus, Organisation
from ..platform.db import db
from ..platform.errors import NotFound
from .models import (
    DriveStatus,
    Part,
    Pledge,
    PledgeConsent,
    PledgeDrive,
    PledgeState,
    PledgeWording,
    TallyPublished,
)


@dataclass(frozen=True)
class Partner:
    """An organisation as the public page names it."""

    id: UUID
    name: str
    short_name: str
    slug: str


@dataclass(frozen=True)
class SigningPage:
    """All that the public page of a drive needs: the drive, its wording, who would hold the signature."""

    drive: PledgeDrive
    campaign: Campaign
    wording: str
    collector: Partner
    lead: Partner

    @property
    def is_open(self) -> bool:
        return self.drive.status == DriveStatus.OPEN

    @property
    def via(self) -> str | None:
        """The slug of the partner whose link this is; ``None`` for the lead's."""
        return None if self.collector == self.lead else self.collector.slug


@dataclass(frozen=True)
class PublishedTally:
    """A tally as shown. ``total`` and cells are ``None`` where not shown; ``as_of`` is, where none was counted."""

    total: int | None = None
    as_of: datetime | None = None
    cells: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def by(self, dimension: str) -> dict[str, int | None]:
        """Cells of one dimension: cell to number, ``None`` for a cell that is not shown."""
        return self.cells.get(dimension, {})


def get_signing_page(slug: str, via: str | None) -> SigningPage:
    """An open or closed drive by its short address, for the link of one partner. Raises :class:`NotFound`."""
    drive = db.session.scalars(
        select(PledgeDrive).where(
            PledgeDrive.slug == slug, PledgeDrive.status.in_([DriveStatus.OPEN, DriveStatus.CLOSED])
        )
    ).one_or_none()
    if drive is None:
        raise NotFound
    partners = {partner.slug: partner for partner in list_partners(drive.campaign_id)}
    if via is not None and via not in partners:
        raise NotFound
    lead = get_lead(drive, list(partners.values()))
    return SigningPage(drive, get_campaign(drive), get_wording(drive), partners[via] if via else lead, lead)


def get_campaign(drive: PledgeDrive) -> Campaign:
    """The drive's campaign."""
    return db.session.get_one(Campaign, drive.campaign_id)


def get_wording(drive: PledgeDrive, version: int | None = None) -> str:
    """A drive's wording: the present version, or the one that somebody signed."""
    statement = select(PledgeWording.wording).where(
        PledgeWording.drive_id == drive.id, PledgeWording.version == (version or drive.wording_version)
    )
    return db.session.scalars(statement).one()


def list_wordings(drive: PledgeDrive) -> list[PledgeWording]:
    """All versions, newest first."""
    statement = select(PledgeWording).where(PledgeWording.drive_id == drive.id)
    return list(db.session.scalars(statement.order_by(PledgeWording.version.desc())))


def list_partners(campaign_id: UUID) -> list[Partner]:
    """The organisations taking part, by name."""
    statement = (
        select(Organisation.id, Organisation.name, Organisation.short_name, Organisation.slug)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.coalition_status != CoalitionStatus.LEFT
        )
        .order_by(Organisation.short_name)
    )
    return [Partner(*row) for row in db.session.execute(statement)]


def get_lead(drive: PledgeDrive, partners: list[Partner]) -> Partner:
    """The campaign's lead; the drive's author where the campaign names none."""
    lead_id = db.session.scalar(
        select(CampaignMember.organisation_id).where(
            CampaignMember.campaign_id == drive.campaign_id,
            CampaignMember.coalition_status == CoalitionStatus.LEAD,
        )
    )
    return next(partner for partner in partners if partner.id == (lead_id or drive.organisation_id))


def list_asks(campaign_id: UUID, sector: str | None, limit: int = 3) -> list[Ask]:
    """What the campaign asks of this sector, else what it asks of all."""
    open_asks = select(Ask).where(Ask.campaign_id == campaign_id, Ask.closed_at.is_(None)).order_by(Ask.place)
    wanted = list(db.session.scalars(open_asks.where(Ask.sector == sector).limit(limit))) if sector else []
    return wanted or list(db.session.scalars(open_asks.where(Ask.sector == "all").limit(limit)))


def list_drives(campaign_id: UUID | None) -> list[PledgeDrive]:
    """The campaign's drives: open ones first, then the newest."""
    statement = select(PledgeDrive).where(PledgeDrive.campaign_id == campaign_id)
    open_first = case((PledgeDrive.status == DriveStatus.OPEN, 0), else_=1)
    return list(db.session.scalars(statement.order_by(open_first, PledgeDrive.created_at.desc())))


def read_tally(drive_id: UUID, audience: str = "public") -> PublishedTally:
    """The published tally for ``public`` or ``coalition``; empty where nothing was published yet."""
    rows = db.session.execute(
        select(TallyPublished.dimension, TallyPublished.cell, TallyPublished.n, TallyPublished.as_of)
        .where(TallyPublished.drive_id == drive_id, TallyPublished.audience == audience)
        .order_by(TallyPublished.dimension, TallyPublished.cell)
    ).all()
    cells: dict[str, dict[str, int | None]] = {}
    for row in rows:
        cells.setdefault(row.dimension, {})[row.cell] = row.n
    total = cells.pop("all", {}).get("all")
    return PublishedTally(total, max((row.as_of for row in rows), default=None), cells)


@dataclass(frozen=True)
class PublishedCell:
    """One cell of a drive's coalition tally; ``n`` None where it is not shown or nobody is in it."""

    title: str
    n: int | None
    as_of: datetime


def list_cells(campaign_id: UUID | None, dimension: str, cell: str) -> list[PublishedCell]:
    """One cell of every drive of the campaign that is counted by this dimension, by title."""
    shown = TallyPublished.n
    statement = (
        select(
            PledgeDrive.title,
            func.max(shown).filter(TallyPublished.cell == cell),
            func.max(TallyPublished.as_of),
        )
        .join(TallyPublished, TallyPublished.drive_id == PledgeDrive.id)
        .where(
            PledgeDrive.campaign_id == campaign_id,
            TallyPublished.audience == "coalition",
            TallyPublished.dimension == dimension,
        )
        .group_by(PledgeDrive.id, PledgeDrive.title)
        .order_by(PledgeDrive.title)
    )
    return [PublishedCell(*row) for row in db.session.execute(statement)]


def standing() -> ColumnElement[bool]:
    """Confirmed, and the person's first with this organisation: who signs twice stands once in the list."""
    earlier = aliased(Pledge)
    return and_(
        Pledge.state == PledgeState.CONFIRMED,
        ~exists().where(
            earlier.organisation_id == Pledge.organisation_id,
            earlier.drive_id == Pledge.drive_id,
            earlier.person_key == Pledge.person_key,
            earlier.name_key == Pledge.name_key,
            earlier.state == PledgeState.CONFIRMED,
            tuple_(earlier.confirmed_at, earlier.id) < tuple_(Pledge.confirmed_at, Pledge.id),
        ),
    )


@dataclass(frozen=True)
class OwnTotals:
    """The organisation's own figures, exact, from its own rows."""

    total: int
    collected: int
    waiting: int
    by_sector: dict[str, int]
    by_day: dict[str, int]


def count_own(drive_id: UUID) -> OwnTotals:
    """Count the current organisation's own signers of a drive."""
    mine = Pledge.drive_id == drive_id
    day = func.to_char(func.timezone("Europe/London", Pledge.confirmed_at), "YYYY-MM-DD")
    by_sector = _counts(func.coalesce(Pledge.sector, "unallocated"), mine, standing())
    collected = _counts(Pledge.part, mine, standing())
    waiting = _counts(Pledge.state, mine, Pledge.state == PledgeState.PENDING, Pledge.part == Part.COLLECTED)
    return OwnTotals(
        sum(by_sector.values()),
        collected.get(Part.COLLECTED, 0),
        sum(waiting.values()),
        by_sector,
        _counts(day, mine, standing()),
    )


def _counts(key: Any, *conditions: ColumnElement[bool]) -> dict[str, int]:
    statement = select(key, func.count()).select_from(Pledge).where(*conditions).group_by(key)
    return {str(cell): int(n) for cell, n in db.session.execute(statement)}


def list_signers(
    drive_id: UUID, *, state: str = PledgeState.CONFIRMED, name: str = "", email_key: bytes | None = None
) -> Select[tuple[Pledge]]:
    """Own signers of a drive. ``name`` is folded text, matched at the start of the name or of its last word."""
    statement = select(Pledge).where(Pledge.drive_id == drive_id)
    statement = statement.where(standing() if state == PledgeState.CONFIRMED else Pledge.state == state)
    if email_key is not None:
        statement = statement.where(Pledge.email_key == email_key)
    if name:
        # ^@ is leakproof, so it keeps its index under row security; LIKE would not.
        statement = statement.where(
            or_(
                Pledge.name_folded.op("^@", is_comparison=True)(name),
                Pledge.name_by_last.op("^@", is_comparison=True)(name),
            )
        )
    return statement


def list_consents(pledge: Pledge) -> list[PledgeConsent]:
    """What this signer agreed to, in every signature that stands for the same person here."""
    same = select(Pledge.id).where(
        Pledge.drive_id == pledge.drive_id,
        or_(
            Pledge.id == pledge.id,
            and_(Pledge.person_key == pledge.person_key, Pledge.name_key == pledge.name_key),
        ),
    )
    statement = select(PledgeConsent).where(PledgeConsent.pledge_id.in_(same))
    return list(db.session.scalars(statement.order_by(PledgeConsent.given_at, PledgeConsent.purpose)))


def find_earlier(pledge: Pledge) -> Pledge | None:
    """A confirmed signature of the same person with the same organisation, or ``None``."""
    statement = select(Pledge).where(
        Pledge.drive_id == pledge.drive_id,
        Pledge.person_key == pledge.person_key,
        Pledge.name_key == pledge.name_key,
        Pledge.state == PledgeState.CONFIRMED,
        Pledge.id != pledge.id,
    )
    return db.session.scalars(statement.order_by(Pledge.confirmed_at).limit(1)).one_or_none()


def wants_updates() -> ColumnElement[bool]:
    """Whether a pledge has a live consent to be written to."""
    return exists().where(
        PledgeConsent.organisation_id == Pledge.organisation_id,
        PledgeConsent.pledge_id == Pledge.id,
        PledgeConsent.purpose == "updates",
        PledgeConsent.withdrawn_at.is_(None),
    )
