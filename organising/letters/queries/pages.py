"""The public page, and who sits for a constituency and how they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from organising.letters.models import ActionState, LetterAction
from organising.organisations.models import Campaign, CampaignMember, CoalitionStatus, Organisation
from organising.organisations.queries import find_ask
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.tenancy import ANONYMOUS, use_context
from organising.pledges.models import DriveStatus, PledgeDrive
from organising.representatives.models import (
    ContactKind,
    ContactPoint,
    ContactPreference,
    OfficeHolding,
    OfficeKind,
)
from organising.representatives.queries import in_office

ACTION: Any = LetterAction.__table__


@dataclass(frozen=True)
class Host:
    """The organisation that asks for letters and holds them, as the public page names it."""

    id: UUID
    name: str
    short_name: str
    slug: str


@dataclass(frozen=True)
class WritingPage:
    """All that the public page of an action needs; plain values, so that nothing of the row is loaded for the public."""

    action_id: UUID
    slug: str
    title: str
    standfirst: str
    questions: Sequence[str]
    subject: str
    is_open: bool
    host: Host
    campaign: Campaign
    ask: str | None
    pledge: PledgeDrive | None


@dataclass(frozen=True)
class OpenPage:
    """A page on which the public can write, as a link to it needs it."""

    title: str
    slug: str
    host_slug: str
    host: str


@dataclass(frozen=True)
class Member:
    """A constituency's MP, and how to reach them. ``address`` is empty where nothing may be sent by email."""

    holding_id: UUID
    person_id: UUID
    name: str
    greeting: str
    constituency: str
    party: str | None
    party_colour: str | None
    address: str | None
    site: str | None
    phone: str | None


def get_writing_page(organisation_slug: str, slug: str) -> WritingPage:
    """An open or closed action by its address. Raises :class:`NotFound`."""
    statement = _public_pages().where(Organisation.slug == organisation_slug, ACTION.c.slug == slug)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return _page(row)


def list_open_pages(campaign_id: UUID, most: int = 6) -> Sequence[OpenPage]:
    """The pages of a campaign on which the public can write now, the newest first. Read as the public."""
    statement = (
        _public_pages()
        .where(ACTION.c.campaign_id == campaign_id, ACTION.c.state == ActionState.OPEN)
        .order_by(ACTION.c.created_at.desc())
        .limit(most)
    )
    with use_context(ANONYMOUS) as session:
        return [
            OpenPage(row.title, row.slug, row.host_slug, row.short_name) for row in session.execute(statement)
        ]


def find_writing_page_of(organisation_id: UUID, action_id: UUID) -> WritingPage | None:
    """The same by its ids; ``None`` where it is not public, or its host has left."""
    row = db.session.execute(
        _public_pages().where(ACTION.c.organisation_id == organisation_id, ACTION.c.id == action_id)
    ).one_or_none()
    return _page(row) if row else None


def find_open_page(campaign_id: UUID) -> WritingPage | None:
    """The page of the campaign that was opened last and still takes letters, or ``None``."""
    open_ones = _public_pages().where(ACTION.c.campaign_id == campaign_id, ACTION.c.state == ActionState.OPEN)
    row = db.session.execute(open_ones.order_by(ACTION.c.created_at.desc()).limit(1)).one_or_none()
    return _page(row) if row else None


def _public_pages() -> Any:
    return (
        select(ACTION, Organisation.name, Organisation.short_name, Organisation.slug.label("host_slug"))
        .join(Organisation, Organisation.id == ACTION.c.organisation_id)
        .join(
            CampaignMember,
            and_(
                CampaignMember.organisation_id == ACTION.c.organisation_id,
                CampaignMember.campaign_id == ACTION.c.campaign_id,
                CampaignMember.coalition_status != CoalitionStatus.LEFT,
            ),
        )
        .where(ACTION.c.state.in_([ActionState.OPEN, ActionState.CLOSED]))
    )


def _page(row: Any) -> WritingPage:
    asked = find_ask(row.ask_id)
    return WritingPage(
        action_id=row.id,
        slug=row.slug,
        title=row.title,
        standfirst=row.standfirst,
        questions=[line.strip() for line in row.prompts.splitlines() if line.strip()],
        subject=row.subject,
        is_open=row.state == ActionState.OPEN,
        host=Host(row.organisation_id, row.name, row.short_name, row.host_slug),
        campaign=db.session.get_one(Campaign, row.campaign_id),
        ask=asked.wording if asked else None,
        pledge=_open_pledge(row.campaign_id),
    )


def _open_pledge(campaign_id: UUID) -> PledgeDrive | None:
    """What one can do without writing."""
    statement = select(PledgeDrive).where(
        PledgeDrive.campaign_id == campaign_id, PledgeDrive.status == DriveStatus.OPEN
    )
    return db.session.scalars(statement.order_by(PledgeDrive.created_at.desc()).limit(1)).one_or_none()


def find_member_of(area_id: UUID, *, on: date) -> Member | None:
    """Who sits in the Commons for a constituency on a day; ``None`` where the seat is vacant."""
    statement = (
        select(OfficeHolding)
        .where(
            OfficeHolding.area_id == area_id,
            OfficeHolding.kind == OfficeKind.MP,
            in_office(on),
        )
        .options(
            joinedload(OfficeHolding.person), joinedload(OfficeHolding.area), joinedload(OfficeHolding.party)
        )
        .order_by(OfficeHolding.start_on.desc().nulls_last())
        .limit(1)
    )
    holding = db.session.scalars(statement).one_or_none()
    return _member(holding) if holding else None


def find_member(holding_id: UUID) -> Member | None:
    """The member that a letter was written to, as they can be reached now."""
    holding = db.session.get(OfficeHolding, holding_id)
    return _member(holding) if holding else None


def _member(holding: OfficeHolding) -> Member:
    person = holding.person
    points = _points(holding.person_id)
    wants_form = person.contact_preference == ContactPreference.WEB_FORM
    mail = next((one.email for one in points if one.email and one.bounced_at is None), None)
    return Member(
        holding_id=holding.id,
        person_id=holding.person_id,
        name=person.name,
        greeting=person.greeting(holding.kind).text or person.name,
        constituency=holding.area.name if holding.area else "",
        party=holding.party.name if holding.party else None,
        party_colour=holding.party.colour if holding.party else None,
        address=None if wants_form else mail,
        site=next((one.url for one in points if one.url and one.kind == ContactKind.WEBSITE), None),
        phone=next((one.phone for one in points if one.phone), None),
    )


def _points(person_id: UUID) -> Sequence[ContactPoint]:
    """How the person is reached: the preferred way first, then the office in Parliament."""
    statement = (
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.ended_on.is_(None))
        .order_by(
            ContactPoint.is_preferred.desc(),
            (ContactPoint.kind == ContactKind.PARLIAMENTARY_OFFICE).desc(),
            ContactPoint.email,
        )
    )
    return db.session.scalars(statement).all()
