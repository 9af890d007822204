"""What the public may know: which organisations can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.organisations.models import CampaignMember, CoalitionStatus, Organisation
from organising.platform.db import db
from organising.platform.errors import NotFound


@dataclass(frozen=True)
class AskedOrganisation:
    """An organisation that people ask. Its address works whether or not it is listed."""

    id: UUID
    name: str
    slug: str


def find_asked(slug: str) -> AskedOrganisation:
    """The organisation with this short address. Raises :class:`NotFound` for none, or one that has left."""
    row = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.slug).where(
            Organisation.slug == slug, Organisation.left_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return AskedOrganisation(*row)


def list_asked() -> Sequence[AskedOrganisation]:
    """Those that stand in public, by name: members and the lead."""
    public = [one for one in CoalitionStatus if one.may_be_published]
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.slug)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(CampaignMember.coalition_status.in_(public), Organisation.left_at.is_(None))
        .order_by(Organisation.name)
        .distinct()
    )
    return [AskedOrganisation(*row) for row in rows]
