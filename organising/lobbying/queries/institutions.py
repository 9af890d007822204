"""Institutions as the campaign lists them: filtered, with who leads and how the chosen ask stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from organising.lobbying.models import Status, Target
from organising.lobbying.queries.institution_asks import AskStanding, select_asked
from organising.organisations.models import Ask, Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import Area, Institution, OfficeHolding, OfficeKind
from organising.representatives.queries.institutions import list_institutions


@dataclass(frozen=True)
class InstitutionFilters:
    """What to show; an empty field leaves all in. ``lead``: an organisation's id, ``nobody`` or empty."""

    text: str = ""
    kind: str = ""
    place: str = ""
    lead: str = ""
    ask: Ask | None = None
    status: str = ""


def select_institutions(
    actor: Actor, filters: InstitutionFilters, standings: dict[tuple[UUID, UUID], AskStanding]
) -> Select[Institution]:
    """Bodies that are there today and that the filters leave, to page by ``sort_key`` and ``id``."""
    statement = list_institutions(filters.kind, filters.text, on=today())
    if filters.place:
        inside = select(Area.id).where(or_(Area.country == filters.place, Area.region == filters.place))
        statement = statement.where(Institution.area_id.in_(inside))
    if filters.lead:
        led = select(Target.institution_id).where(
            Target.campaign_id == actor.campaign_id,
            Target.institution_id.is_not(None),
            Target.lead_organisation_id.is_not(None)
            if filters.lead == "nobody"
            else Target.lead_organisation_id == UUID(filters.lead),
        )
        inside_led = Institution.id.in_(led)
        statement = statement.where(~inside_led if filters.lead == "nobody" else inside_led)
    if filters.ask is not None:
        statement = statement.where(Institution.id.in_(select_asked(filters.ask)))
        if filters.status:
            said = [body for (body, _ask), one in standings.items() if one.status == filters.status]
            others = [body for (body, _ask), one in standings.items() if one.status != Status.OPEN]
            statement = statement.where(
                Institution.id.not_in(others) if filters.status == Status.OPEN else Institution.id.in_(said)
            )
    return statement


def list_leads(actor: Actor, institution_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """By institution, the organisation that leads there: its id and short name."""
    if not institution_ids:
        return {}
    rows = db.session.execute(
        select(Target.institution_id, Organisation.id, Organisation.short_name)
        .join(Organisation, Organisation.id == Target.lead_organisation_id)
        .where(Target.campaign_id == actor.campaign_id, Target.institution_id.in_(institution_ids))
    )
    return {body: (lead, name) for body, lead, name in rows if body is not None}


def list_office_holders(institution: Institution) -> Sequence[OfficeHolding]:
    """Who holds office today over the area that a body serves: chief constable, commissioner, chief executive."""
    if institution.area_id is None:
        return []
    kinds = (OfficeKind.CHIEF_CONSTABLE, OfficeKind.PCC, OfficeKind.MAYOR, OfficeKind.TRUST_CEO)
    return db.session.scalars(
        select(OfficeHolding)
        .where(
            OfficeHolding.area_id == institution.area_id,
            OfficeHolding.kind.in_(kinds),
            or_(OfficeHolding.end_on.is_(None), OfficeHolding.end_on >= today()),
        )
        .options(joinedload(OfficeHolding.person))
        .order_by(OfficeHolding.kind)
    ).all()
