"""The demo's coalition.

Real organisations of the campaign, invented people, units that nobody could look for.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ..accounts.demo import PEOPLE
from ..accounts.models import User
from ..accounts.services import email_key, hash_password
from ..platform.actor import Actor
from ..platform.clock import today
from ..platform.db import db
from ..platform.permissions import Role
from ..platform.tenancy import Context, use_context
from .asks import seed_asks
from .founding import found_campaign, found_membership, found_organisation, found_user, join_campaign
from .models import (
    Ask,
    Campaign,
    CampaignMember,
    CoalitionStatus,
    Membership,
    OfficerRole,
    Organisation,
    OrganisationKind,
    Unit,
    UnitKind,
    UnitOfficer,
)

SLUG = "care-dont-share"
STRAPLINE = (
    "A promise that what you tell a teacher, a doctor or the police "
    "is not passed on for immigration enforcement."
)

# Slug, full name, short name, kind, standing. Only Liberty and the NEU backed the launch in public.
ORGANISATIONS = (
    ("liberty", "Liberty", "Liberty", OrganisationKind.NGO, CoalitionStatus.LEAD),
    ("neu", "National Education Union", "NEU", OrganisationKind.UNION, CoalitionStatus.MEMBER),
    (
        "doctorsoftheworld",
        "Doctors of the World UK",
        "Doctors of the World",
        OrganisationKind.CHARITY,
        CoalitionStatus.CONTRIBUTOR,
    ),
    ("praxis", "Praxis", "Praxis", OrganisationKind.CHARITY, CoalitionStatus.CONTRIBUTOR),
    (
        "lawrs",
        "Latin American Women’s Rights Service",
        "LAWRS",
        OrganisationKind.CHARITY,
        CoalitionStatus.CONTRIBUTOR,
    ),
    ("ecpat", "ECPAT UK", "ECPAT UK", OrganisationKind.CHARITY, CoalitionStatus.CONTRIBUTOR),
    ("bid", "Bail for Immigration Detainees", "BID", OrganisationKind.CHARITY, CoalitionStatus.CONTRIBUTOR),
    ("freed-voices", "Freed Voices", "Freed Voices", OrganisationKind.COMMUNITY, CoalitionStatus.CONTRIBUTOR),
    ("room-to-heal", "Room to Heal", "Room to Heal", OrganisationKind.COMMUNITY, CoalitionStatus.CONTRIBUTOR),
    ("pathway", "Pathway", "Pathway", OrganisationKind.CHARITY, CoalitionStatus.CONTRIBUTOR),
)

# Organisation, unit, kind, the unit above. All of these places are invented.
UNITS = (
    ("neu", "Invented national office", UnitKind.NATIONAL, None),
    ("neu", "Northmoor Region", UnitKind.REGION, "Invented national office"),
    ("neu", "Southmere Region", UnitKind.REGION, "Invented national office"),
    ("neu", "Northmoor District", UnitKind.DISTRICT, "Northmoor Region"),
    ("neu", "Larkhollow District", UnitKind.DISTRICT, "Northmoor Region"),
    ("neu", "Southmere District", UnitKind.DISTRICT, "Southmere Region"),
    ("neu", "Fernwick District", UnitKind.DISTRICT, "Southmere Region"),
    ("praxis", "Larkhollow local group", UnitKind.LOCAL_GROUP, None),
    ("praxis", "Quayholm local group", UnitKind.LOCAL_GROUP, None),
    ("lawrs", "Southmere local group", UnitKind.LOCAL_GROUP, None),
    ("doctorsoftheworld", "Quayholm clinic group", UnitKind.WORKPLACE_GROUP, None),
)
OFFICER_UNIT = "Northmoor District"


@dataclass
class DemoCoalition:
    """The demo as founded: ids by slug, units by ``slug/name``, actors by sign-in address."""

    campaign_id: UUID
    organisations: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, role: str, slug: str) -> Actor:
        """The demo person of a role in an organisation, such as ``("officer", "neu")``."""
        return self.actors[f"{role}@{slug}.example"]


OFFICERS = (
    (OfficerRole.TREASURER, "Tess Demo-Treasurer", "demo-treasurer@example.org"),
    (OfficerRole.EQUALITIES_OFFICER, "Eli Demo-Equalities", "demo-equalities@example.org"),
)


def found_demo_coalition(password: str) -> DemoCoalition:
    """Found the demo, or find it again; run twice it changes nothing.

    Commits as it goes, in contexts of its own.
    """
    with use_context(Context(purpose="setup")) as session:
        campaign_id = session.scalar(select(Campaign.id).where(Campaign.slug == SLUG))
        if campaign_id is None:
            campaign_id = found_campaign("Care Don’t Share", SLUG, STRAPLINE).id
        demo = DemoCoalition(campaign_id)
        for row in ORGANISATIONS:
            demo.organisations[row[0]] = _found_partner(campaign_id, *row)
        session.commit()
    _found_units(demo)
    with use_context(Context(organisation_id=demo.organisations["liberty"])) as session:
        if session.scalar(select(Ask.id).limit(1)) is None:
            seed_asks(Actor.system(demo.organisations["liberty"], "Liberty", campaign_id))
            session.commit()
    _found_people(demo, password)
    _found_officers(demo)
    return demo


def _found_partner(
    campaign_id: UUID, slug: str, name: str, short_name: str, kind: OrganisationKind, status: CoalitionStatus
) -> UUID:
    found = db.session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    organisation_id = found or found_organisation(name, short_name, slug, kind).id
    if db.session.get(CampaignMember, (campaign_id, organisation_id)) is None:
        join_campaign(campaign_id, organisation_id, status)
    return organisation_id


def _found_units(demo: DemoCoalition) -> None:
    for slug in {unit[0] for unit in UNITS}:
        with use_context(Context(organisation_id=demo.organisations[slug])) as session:
            known = {name: unit_id for unit_id, name in session.execute(select(Unit.id, Unit.name))}
            for _, name, kind, above in (unit for unit in UNITS if unit[0] == slug):
                if name not in known:
                    unit = Unit(name=name, kind=kind, parent_id=known[above] if above else None)
                    session.add(unit)
                    session.flush()
                    known[name] = unit.id
                demo.units[f"{slug}/{name}"] = known[name]
            session.commit()


def _found_people(demo: DemoCoalition, password: str) -> None:
    # One hash for all: a dozen would take seconds, and everybody knows the password.
    hashed = None
    for person in PEOPLE:
        organisation_id = demo.organisations[person.organisation]
        unit_id = demo.units[f"{person.organisation}/{OFFICER_UNIT}"] if person.role is Role.OFFICER else None
        user_id = _find_person(organisation_id, person.email)
        if user_id is None:
            hashed = hashed or hash_password(password)
            with use_context(Context(purpose="setup")) as session:
                user_id = found_user(person.email, person.display_name, hashed).id
                found_membership(user_id, organisation_id, person.role, unit_id)
                session.commit()
        demo.actors[person.email] = Actor(
            user_id,
            person.display_name,
            organisation_id,
            person.organisation_name,
            person.role,
            unit_id,
            demo.campaign_id,
        )


def _found_officers(demo: DemoCoalition) -> None:
    """Beside the officer who signs in, two without an account: their address is all that is known."""
    for key in (key for key in demo.units if key.endswith(f"/{OFFICER_UNIT}")):
        slug, unit_id = key.split("/")[0], demo.units[key]
        with use_context(Context(organisation_id=demo.organisations[slug])) as session:
            entered = select(UnitOfficer.id).where(UnitOfficer.email_key.is_not(None))
            if session.scalars(entered.limit(1)).one_or_none() is None:
                for role, name, email in OFFICERS:
                    officer = UnitOfficer(
                        organisation_id=demo.organisations[slug],
                        unit_id=unit_id,
                        role=role,
                        email_key=email_key(email),
                        starts_on=today() - timedelta(days=120),
                        ends_on=today() + timedelta(days=245),
                    )
                    officer.name, officer.email = name, email
                    session.add(officer)
                session.commit()


def _find_person(organisation_id: UUID, email: str) -> UUID | None:
    with use_context(Context(organisation_id=organisation_id)) as session:
        return session.scalar(
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(User.email_key == email_key(email), Membership.organisation_id == organisation_id)
        )
