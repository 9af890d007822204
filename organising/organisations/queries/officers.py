"""Reading officers: who holds which office in which unit, and where to write to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from ...accounts.models import User
from ...platform.clock import today
from ...platform.db import db
from ...platform.many import among
from ..models import Membership, OfficerRole, Unit, UnitOfficer

# To whom a unit's mail goes, the first that is there.
WRITTEN_TO = (
    OfficerRole.SECRETARY,
    OfficerRole.CHAIR,
    OfficerRole.PRESIDENT,
    OfficerRole.VICE_PRESIDENT,
    OfficerRole.REPRESENTATIVE,
    OfficerRole.CAMPAIGNS_OFFICER,
    OfficerRole.OTHER,
    OfficerRole.EQUALITIES_OFFICER,
    OfficerRole.MEMBERSHIP_OFFICER,
    OfficerRole.TREASURER,
)


@dataclass(frozen=True)
class Officer:
    """Somebody's office in a unit. Name and address are their account's where they have one."""

    id: UUID
    unit_id: UUID
    unit_name: str
    role: OfficerRole
    name: str
    email: str
    user_id: UUID | None
    has_access: bool
    starts_on: date
    ends_on: date | None

    def is_present(self, day: date) -> bool:
        """Whether they hold the office on that day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


def list_present_officers(
    unit_ids: Collection[UUID] | None = None, *, day: date | None = None
) -> list[Officer]:
    """Who holds an office now (or on ``day``), in these units or in all, the one to write to first in each."""
    at = day or today()
    statement = _officers().where(
        UnitOfficer.starts_on <= at, or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on >= at)
    )
    return _read(statement, unit_ids)


def list_officers_to_write_to(unit_ids: Collection[UUID] | None = None) -> dict[UUID, Officer]:
    """The one present officer of each unit to whom its mail goes: the secretary, or else who stands next."""
    found: dict[UUID, Officer] = {}
    for officer in list_present_officers(unit_ids):
        if officer.email:
            found.setdefault(officer.unit_id, officer)
    return found


def list_unit_officers(unit_id: UUID) -> list[Officer]:
    """All who hold, will hold or held an office in a unit, but for entries made by mistake."""
    return _read(_officers(), {unit_id})


def find_officer(officer_id: UUID) -> Officer | None:
    """One officer, whether present or not."""
    return next(iter(_read(_officers().where(UnitOfficer.id == officer_id), None)), None)


def _officers() -> Select[UnitOfficer, str, User, UUID]:
    return (
        select(UnitOfficer, Unit.name, User, Membership.id)
        .join(Unit, Unit.id == UnitOfficer.unit_id)
        .outerjoin(User, User.id == UnitOfficer.user_id)
        .outerjoin(
            Membership,
            (Membership.user_id == UnitOfficer.user_id)
            & (Membership.organisation_id == UnitOfficer.organisation_id)
            & (Membership.unit_id == UnitOfficer.unit_id)
            & Membership.ended_at.is_(None),
        )
        .where(UnitOfficer.removed_at.is_(None))
    )


def _read(
    statement: Select[UnitOfficer, str, User, UUID], unit_ids: Collection[UUID] | None
) -> list[Officer]:
    if unit_ids is not None:
        statement = statement.where(among(UnitOfficer.unit_id, unit_ids))
    rows = db.session.execute(
        statement.order_by(func.lower(Unit.name), UnitOfficer.starts_on, UnitOfficer.id)
    )
    found = [_officer(*row) for row in rows]
    return sorted(
        found, key=lambda one: (one.unit_name.lower(), str(one.unit_id), WRITTEN_TO.index(one.role))
    )


def _officer(row: UnitOfficer, unit_name: str, user: User | None, membership_id: UUID | None) -> Officer:
    return Officer(
        row.id,
        row.unit_id,
        unit_name,
        OfficerRole(row.role),
        user.display_name if user else row.name or "",
        (user.email if user else row.email) or "",
        row.user_id,
        membership_id is not None,
        row.starts_on,
        row.ends_on,
    )
