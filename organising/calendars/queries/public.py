"""What a public calendar has: approved public actions, as the database gives them to anybody. Plain values; no row is loaded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from organising.actions.models import BranchAction
from organising.organisations.models import Campaign, Organisation
from organising.platform.db import db
from organising.platform.errors import NotFound

ACTION: Any = BranchAction.__table__
LOOKS_BACK = timedelta(days=30)
MOST_ENTRIES = 2_000
COLUMNS = (
    "id", "version", "changed_at", "starts_at", "ends_at", "all_day", "kind", "state", "title", "summary", "unit_label",
    "area", "place", "postcode",
)  # fmt: skip


def get_campaign(slug: str) -> tuple[UUID, str]:
    """A campaign's id and name. Raises NotFound."""
    row = db.session.execute(select(Campaign.id, Campaign.name).where(Campaign.slug == slug)).one_or_none()
    if row is None:
        raise NotFound
    return row.id, row.name


def list_public(campaign_id: UUID, at: datetime) -> Sequence[Any]:
    """A campaign's public actions of late and to come, by time; called off ones that had been approved among them."""
    newest = (
        _public()
        .where(ACTION.c.campaign_id == campaign_id, ACTION.c.ends_at > at - LOOKS_BACK)
        .order_by(ACTION.c.starts_at.desc(), ACTION.c.id)
        .limit(MOST_ENTRIES)
    )
    return db.session.execute(newest).all()[::-1]


def get_public(action_id: UUID) -> Any:
    """One of them. Raises :class:`NotFound` for every other alike."""
    row = db.session.execute(_public().where(ACTION.c.id == action_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _public() -> Select[Any]:
    columns = [ACTION.c[name] for name in COLUMNS]
    return select(*columns, Organisation.name.label("organisation_name")).join(
        Organisation, Organisation.id == ACTION.c.organisation_id
    )
