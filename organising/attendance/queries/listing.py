"""Public actions as anybody may read them: approved, and as they were approved. Plain values; no row is loaded for the public."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from organising.actions.models import ActionArea, BranchAction
from organising.actions.states import State
from organising.contacts.models import ConsentWording
from organising.letters.queries.pages import Host
from organising.organisations.models import CampaignMember, CoalitionStatus, Organisation
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.pagination import Page, page
from organising.safeguards.practice import holds_invented_people, live
from organising.safeguards.storage import keeps_nobody

from ..kinds import meets_members
from ..models import SignUpPage

ACTION: Any = BranchAction.__table__
AREA: Any = ActionArea.__table__
PAGE: Any = SignUpPage.__table__
WORDING: Any = ConsentWording.__table__
PAGE_SIZE = 20


@dataclass(frozen=True)
class Invitation:
    """The words of the box by which somebody asks to hear of further events."""

    wording_id: UUID
    text: str


@dataclass(frozen=True)
class PublicAction:
    """An approved action. ``keeps_people``: whether its host may take anybody's details at all just now."""

    id: UUID
    campaign_id: UUID
    host: Host
    kind: str
    title: str
    summary: str
    unit_label: str
    area: str
    place: str
    postcode: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    state: str
    capacity: int | None
    keeps_people: bool
    is_closed: bool
    invitation: Invitation | None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.state == State.CANCELLED

    @property
    def meets_members(self) -> bool:
        """Whether those who come meet their MPs."""
        return meets_members(self.kind)

    def is_over(self, at: datetime) -> bool:
        """Whether its time is past, or its report is there."""
        return self.ends_at <= at or self.state not in (State.APPROVED, State.SCHEDULED, State.CANCELLED)

    def takes_sign_ups(self, at: datetime) -> bool:
        """Whether somebody may sign up now."""
        return (
            self.keeps_people
            and not self.is_closed
            and self.state in (State.APPROVED, State.SCHEDULED)
            and self.starts_at > at
        )


@dataclass(frozen=True)
class Filters:
    """What the list shows; empty means any. ``near``: the areas that a postcode lies in."""

    kind: str = ""
    organisation: str = ""
    area: str = ""
    near: Collection[UUID] | None = None


def list_coming(campaign_id: UUID, filters: Filters, at: datetime, cursor: str | None = None) -> Page[Any]:
    """Public actions that are still to come, the next first; rows for :func:`describe`."""
    statement = _public().where(
        ACTION.c.campaign_id == campaign_id,
        ACTION.c.ends_at > at,
        ACTION.c.state.in_([State.APPROVED, State.SCHEDULED]),
        *_conditions(filters),
    )
    return page(
        statement, order_by=[ACTION.c.starts_at, ACTION.c.id], cursor=cursor, size=PAGE_SIZE, rows=True
    )


def list_hosts(campaign_id: UUID, at: datetime) -> list[tuple[str, str]]:
    """Partners with something public to come, as slug and name."""
    statement = (
        _public()
        .where(ACTION.c.campaign_id == campaign_id, ACTION.c.ends_at > at, ACTION.c.state != State.CANCELLED)
        .with_only_columns(Organisation.slug, Organisation.short_name)
        .distinct()
        .order_by(Organisation.short_name)
    )
    return [(slug, name) for slug, name in db.session.execute(statement)]


def get_public_action(action_id: UUID) -> PublicAction:
    """An approved public action, cancelled and past ones too. Raises :class:`NotFound` for every other alike."""
    found = find_public_action(action_id)
    if found is None:
        raise NotFound
    return found


def find_public_action(action_id: UUID) -> PublicAction | None:
    """The same, ``None`` where it isn't public, or its approval was given up."""
    row = db.session.execute(_public().where(ACTION.c.id == action_id)).one_or_none()
    return describe(row) if row else None


def is_full(action: PublicAction) -> bool:
    """Whether the next who confirms goes onto the waiting list."""
    if action.capacity is None:
        return False
    return bool(db.session.scalar(text("SELECT app.is_full(:o, :a)"), {"o": action.host.id, "a": action.id}))


def describe(row: Any) -> PublicAction:
    """A row of the statements above, in plain values."""
    return PublicAction(
        id=row.id,
        campaign_id=row.campaign_id,
        host=Host(row.organisation_id, row.host_name, row.host_short_name, row.host_slug),
        kind=row.kind,
        title=row.title,
        summary=row.summary or "",
        unit_label=row.unit_label,
        area=row.area,
        place=row.place or "",
        postcode=row.postcode or "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        all_day=row.all_day,
        state=row.state,
        capacity=row.capacity,
        keeps_people=(row.is_live or holds_invented_people()) and not row.keeps_nobody,
        is_closed=row.closed_at is not None,
        invitation=Invitation(row.wording_id, row.wording) if row.wording_id else None,
    )


def _public() -> Select[Any]:
    """Row security leaves what is published; here stands what a page needs of it."""
    columns = [ACTION.c[name] for name in (
        "id", "campaign_id", "organisation_id", "kind", "title", "summary", "unit_label", "area", "place", "postcode",
        "starts_at", "ends_at", "all_day", "state", "capacity",
    )]  # fmt: skip
    return (
        select(
            *columns,
            Organisation.name.label("host_name"),
            Organisation.short_name.label("host_short_name"),
            Organisation.slug.label("host_slug"),
            live(ACTION.c.organisation_id).label("is_live"),
            keeps_nobody(ACTION.c.organisation_id).label("keeps_nobody"),
            PAGE.c.closed_at,
            WORDING.c.id.label("wording_id"),
            WORDING.c.text.label("wording"),
        )
        .select_from(ACTION)
        .join(Organisation, Organisation.id == ACTION.c.organisation_id)
        .join(
            CampaignMember,
            and_(
                CampaignMember.organisation_id == ACTION.c.organisation_id,
                CampaignMember.campaign_id == ACTION.c.campaign_id,
                CampaignMember.coalition_status != CoalitionStatus.LEFT,
            ),
        )
        .outerjoin(
            PAGE, and_(PAGE.c.organisation_id == ACTION.c.organisation_id, PAGE.c.action_id == ACTION.c.id)
        )
        .outerjoin(
            WORDING,
            and_(
                WORDING.c.organisation_id == PAGE.c.organisation_id,
                WORDING.c.id == PAGE.c.invitations_wording_id,
            ),
        )
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.kind:
        found.append(ACTION.c.kind == filters.kind)
    if filters.organisation:
        found.append(Organisation.slug == filters.organisation)
    if filters.area:
        words = (ACTION.c.area, ACTION.c.place)
        found.append(or_(*(func.coalesce(one, "").icontains(filters.area, autoescape=True) for one in words)))
    if filters.near is not None:
        inside = select(AREA.c.action_id).where(
            AREA.c.organisation_id == ACTION.c.organisation_id, AREA.c.area_id.in_(filters.near)
        )
        found.append(ACTION.c.id.in_(inside))
    return found
