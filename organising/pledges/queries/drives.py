"""Reading drives, their wordings and the partners whose links they have."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from ...organisations.models import Ask, Campaign, CampaignMember, CoalitionStatus, Organisation
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.languages import ENGLISH
from ...platform.tenancy import context_of
from ...safeguards.practice import holds_invented_people, live
from ...safeguards.storage import keeps_nobody
from ..models import DriveStatus, PledgeDrive
from .texts import DriveText, TextKey, find_seen_text, get_text


@dataclass(frozen=True)
class Partner:
    """An organisation as the public page names it."""

    id: UUID
    name: str
    short_name: str
    slug: str


@dataclass(frozen=True)
class SigningPage:
    """All that the public page of a drive needs: the drive, its text as this reader sees it, who would hold the signature."""

    drive: PledgeDrive
    campaign: Campaign
    text: DriveText
    collector: Partner
    lead: Partner
    # Whose link this is, where that partner keeps nobody: the lead is the collector then.
    brought_by: Partner | None = None
    # Whether the drive's author and the collector may keep real people at all.
    is_live: bool = True

    @property
    def is_open(self) -> bool:
        return self.is_live and self.drive.takes_signatures(now())

    @property
    def via(self) -> str | None:
        """The slug of the partner whose link this is; ``None`` for the lead's."""
        if self.brought_by is not None:
            return self.brought_by.slug
        return None if self.collector == self.lead else self.collector.slug


def _named(organisation: Any, role: str) -> list[Any]:
    return [
        getattr(organisation, name).label(f"{role}_{name}") for name in ("id", "name", "short_name", "slug")
    ]


def _page_of_lead() -> Select[Any]:
    """Drive, campaign and lead of a ``slug``. Where the campaign names no lead, the drive's author stands for it."""
    lead_member, lead = aliased(CampaignMember), aliased(Organisation)
    return (
        select(
            PledgeDrive,
            Campaign,
            *_named(lead, "lead"),
            and_(live(PledgeDrive.organisation_id), live(lead.id)).label("lead_is_live"),
            keeps_nobody(lead.id).label("lead_keeps_nobody"),
        )
        .join(Campaign, Campaign.id == PledgeDrive.campaign_id)
        .outerjoin(
            lead_member,
            and_(
                lead_member.campaign_id == PledgeDrive.campaign_id,
                lead_member.coalition_status == CoalitionStatus.LEAD,
            ),
        )
        .join(lead, lead.id == func.coalesce(lead_member.organisation_id, PledgeDrive.organisation_id))
        .where(
            PledgeDrive.slug == bindparam("slug"),
            PledgeDrive.status.in_([DriveStatus.OPEN, DriveStatus.CLOSED]),
        )
        .limit(1)
    )


def _page_of_partner() -> Select[Any]:
    """The same, and the partner whose slug is ``via``; nothing where it does not take part."""
    member, collector = aliased(CampaignMember), aliased(Organisation)
    return (
        _page_of_lead()
        .add_columns(
            *_named(collector, "collector"),
            live(collector.id).label("collector_is_live"),
            keeps_nobody(collector.id).label("collector_keeps_nobody"),
        )
        .join(collector, collector.slug == bindparam("via"))
        .join(
            member,
            and_(
                member.campaign_id == PledgeDrive.campaign_id,
                member.organisation_id == collector.id,
                member.coalition_status != CoalitionStatus.LEFT,
            ),
        )
    )


# In the minutes after a broadcast this page is asked for hundreds of times a second: one statement, and built once.
PAGE_OF_LEAD = _page_of_lead()
PAGE_OF_PARTNER = _page_of_partner()


def get_signing_page(
    slug: str, via: str | None, language: str = ENGLISH, *, seen: TextKey | None = None
) -> SigningPage:
    """An open or closed drive by its short address, for the link of one partner. Raises :class:`NotFound`.

    ``seen``: the text that the reader has before them, where that is known; it is theirs if it is this drive's.
    """
    statement = PAGE_OF_LEAD if via is None else PAGE_OF_PARTNER
    row = db.session.execute(statement, {"slug": slug, "via": via}).first()
    if row is None:
        raise NotFound
    drive, campaign = row.PledgeDrive, row.Campaign
    lead = Partner(row.lead_id, row.lead_name, row.lead_short_name, row.lead_slug)
    collector, brought_by = lead, None
    # Where nobody may keep whoever signs, nobody signs.
    is_live = (holds_invented_people() or row.lead_is_live) and not row.lead_keeps_nobody
    if via is not None:
        collector = Partner(
            row.collector_id, row.collector_name, row.collector_short_name, row.collector_slug
        )
        if row.collector_keeps_nobody:
            collector, brought_by = lead, collector
        else:
            is_live = is_live and (holds_invented_people() or row.collector_is_live)
    text = find_seen_text(seen, language) if seen is not None and seen.drive_id == drive.id else None
    return SigningPage(
        drive, campaign, text or get_text(drive, language), collector, lead, brought_by, is_live
    )


def get_public_drive(slug: str) -> PledgeDrive:
    """A drive by its short address, whatever of it the session's context may read. Raises :class:`NotFound`."""
    drive = db.session.scalars(select(PledgeDrive).where(PledgeDrive.slug == slug)).one_or_none()
    if drive is None:
        raise NotFound
    return drive


def find_announced(slug: str) -> PledgeDrive | None:
    """A draft whose title may be read before it opens, by its short address."""
    return db.session.scalars(
        select(PledgeDrive).where(
            PledgeDrive.slug == slug,
            PledgeDrive.status == DriveStatus.DRAFT,
            PledgeDrive.is_announced,
            PledgeDrive.opens_at.is_not(None),
        )
    ).one_or_none()


def list_due_drives(at: datetime) -> list[PledgeDrive]:
    """The current organisation's drives that are to open or close by now, held until the commit."""
    due = or_(PledgeDrive.opens_at <= at, PledgeDrive.closes_at <= at)
    mine = PledgeDrive.organisation_id == context_of(db.session()).organisation_id
    return list(db.session.scalars(select(PledgeDrive).where(due, mine).with_for_update(skip_locked=True)))


def get_campaign(drive: PledgeDrive) -> Campaign:
    """The drive's campaign."""
    return db.session.get_one(Campaign, drive.campaign_id)


def get_lead(drive: PledgeDrive, partners: list[Partner]) -> Partner:
    """The campaign's lead; the drive's author where the campaign names none."""
    lead_id = db.session.scalar(
        select(CampaignMember.organisation_id).where(
            CampaignMember.campaign_id == drive.campaign_id,
            CampaignMember.coalition_status == CoalitionStatus.LEAD,
        )
    )
    return next(partner for partner in partners if partner.id == (lead_id or drive.organisation_id))


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
