"""A small coalition for tests, built through the product's own founding services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from organising.accounts.models import User
from organising.organisations import founding
from organising.organisations.asks import seed_asks
from organising.organisations.models import CoalitionStatus, Organisation, OrganisationKind, Unit, UnitKind
from organising.platform.actor import Actor
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context

KNOWN = {
    "liberty": ("Liberty", OrganisationKind.NGO, CoalitionStatus.LEAD),
    "neu": ("NEU", OrganisationKind.UNION, CoalitionStatus.MEMBER),
    "praxis": ("Praxis", OrganisationKind.CHARITY, CoalitionStatus.CONTRIBUTOR),
}


@dataclass(frozen=True)
class Founded:
    """A database in which the coalition stands already, to be cloned: ``template`` is its name."""

    template: str
    campaign: UUID
    organisations: dict[str, UUID]


class World:
    """Liberty leads; NEU and Praxis take part. ``organisations`` maps slug to id."""

    def __init__(self, app: Flask, founded: Founded | None = None) -> None:
        self.app = app
        self.organisations: dict[str, UUID] = {}
        self.units: dict[str, UUID] = {}
        self._people = 0
        if founded is not None:
            self.campaign, self.organisations = founded.campaign, dict(founded.organisations)
        else:
            self._begin(app)

    def _begin(self, app: Flask) -> None:
        with app.app_context(), use_context(Context(purpose="setup")) as session:
            self.campaign = founding.found_campaign("Care Don't Share", "care-dont-share", "A promise").id
            for slug, (name, kind, status) in KNOWN.items():
                self._found(slug, name, kind, status)
            session.commit()
        with self.context("liberty") as session:
            seed_asks(self._system("liberty"))
            session.commit()

    def _found(self, slug: str, name: str, kind: OrganisationKind, status: CoalitionStatus) -> None:
        organisation = founding.found_organisation(name, name, slug, kind)
        founding.join_campaign(self.campaign, organisation.id, status)
        self.organisations[slug] = organisation.id

    def organisation(self, slug: str) -> UUID:
        """The id of a partner; one that is not there yet is founded as a member."""
        if slug not in self.organisations:
            with self.app.app_context(), use_context(Context(purpose="setup")) as session:
                self._found(slug, slug.title(), OrganisationKind.CHARITY, CoalitionStatus.MEMBER)
                session.commit()
        return self.organisations[slug]

    def unit(self, slug: str, name: str = "Camden", kind: UnitKind = UnitKind.DISTRICT) -> UUID:
        """A unit of an organisation, made once per name."""
        key = f"{slug}/{name}"
        if key not in self.units:
            with self.context(slug) as session:
                unit = Unit(name=name, kind=kind)
                session.add(unit)
                session.flush()
                self.units[key] = unit.id
                session.commit()
        return self.units[key]

    def user(
        self,
        slug: str,
        role: Role | str = Role.ORGANISER,
        *,
        unit: str | None = None,
        password: str | None = None,
    ) -> Actor:
        """A fresh person with this role; answers as the actor they are. An officer gets a unit."""
        from organising.accounts.services import hash_password

        organisation_id = self.organisation(slug)
        role = Role(role)
        unit_id = self.unit(slug, unit or "Camden") if role is Role.OFFICER else None
        self._people += 1
        with self.app.app_context(), use_context(Context(purpose="setup")) as session:
            user = founding.found_user(
                f"{role}{self._people}@{slug}.example",
                f"{slug.title()} {role} {self._people}",
                hash_password(password) if password else None,
            )
            founding.found_membership(user.id, organisation_id, role, unit_id)
            user_id, name = user.id, user.display_name
            session.commit()
        return Actor(user_id, name, organisation_id, slug.title(), role, unit_id, self.campaign)

    def email(self, actor: Actor) -> str:
        """The address that ``user`` gave this person."""
        with self.app.app_context(), use_context(Context(user_id=actor.user_id)) as session:
            return session.get_one(User, actor.user_id).email or ""

    def sign_in(self, client: FlaskClient, actor: Actor) -> FlaskClient:
        """Put this person's session into the browser, as signing in would."""
        with client.session_transaction() as session:
            session.clear()
            session["_user_id"] = f"{actor.user_id}:0"
            session["_fresh"] = True
            session["organisation_id"] = str(actor.organisation_id)
        return client

    def browser(self, actor: Actor) -> FlaskClient:
        """A fresh browser in which this person is signed in."""
        return self.sign_in(self.app.test_client(), actor)

    @contextmanager
    def context(self, slug: str, actor: Actor | None = None) -> Iterator[Session]:
        """``db.session`` in the context of one organisation."""
        context = Context(organisation_id=self.organisation(slug), user_id=actor.user_id if actor else None)
        with self.app.app_context(), use_context(context) as session:
            yield session

    def _system(self, slug: str) -> Actor:
        return Actor.system(self.organisations[slug], KNOWN[slug][0], self.campaign)

    def organisation_row(self, slug: str) -> Organisation:
        """The partner's public facts."""
        with self.context(slug) as session:
            return session.get_one(Organisation, self.organisations[slug])
