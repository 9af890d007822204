"""Mailings for tests: invented members in office, and the way of a mailing up to Send, through the
services.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from organising.mailings.binding import current_hash
from organising.mailings.models import Delivery, Mailing
from organising.mailings.queries import candidates, count_deliveries
from organising.mailings.services import decisions, drafting, review
from organising.mailings.services.drafting import Wording
from organising.mailings.states import Decision
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import new_id
from organising.platform.migrations import maintenance
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, ContactPoint, OfficeHolding, Party, Person, PersonToken
from tests.support.databases import Databases
from tests.support.world import World

BODY = """Dear {{ salutation }},

I write from {{ organisation }} about {{ constituency }}. We ask: {{ ask|"keep the promise" }}.

Yours,
A campaigner
"""


def seat_members(
    app: Flask,
    number: int,
    without_email: Sequence[int] = (),
    domains: Sequence[str] = ("parliament.example",),
) -> None:
    """``number`` invented members in office, named Member 0001 …; those listed have no address, the rest one of
    the domains in turn.
    """
    with app.app_context(), use_context(Context(purpose="import")) as session:
        party = Party(id=new_id(), key="orchard", name="Orchard Party", colour="#2f7d32")
        session.add(party)
        session.flush()
        for n in range(1, number + 1):
            name = f"Ada Member{n:04}"
            person = Person(
                id=new_id(),
                name=name,
                sort_key=f"member{n:04}",
                family_name=f"Member{n:04}",
                full_title=f"Ms {name} MP",
            )
            area = Area(
                id=new_id(),
                kind="westminster",
                name=f"Seat {n:04}",
                sort_key=f"seat {n:04}",
                region="Nowhere",
                other_names=[],
            )
            session.add_all([person, area])
            session.flush()
            session.add(
                OfficeHolding(
                    person_id=person.id,
                    kind="mp",
                    area_id=area.id,
                    party_id=party.id,
                    start_on=date(2024, 7, 4),
                    source="test",
                    source_id=f"t{n}",
                )
            )
            session.add(PersonToken(token=f"member{n:04}", person_id=person.id))
            if n not in without_email:
                session.add(
                    ContactPoint(
                        person_id=person.id,
                        kind="parliamentary_office",
                        email=f"member{n:04}@{domains[(n - 1) % len(domains)]}",
                        source="test",
                        checked_on=date(2026, 1, 1),
                    )
                )
        session.commit()


def wording(**changes: object) -> Wording:
    """A letter that can be sent."""
    given = {
        "title": "Firewall",
        "subject": "A question about {{ constituency }}",
        "body": BODY,
        "sender_name": "NEU campaigns",
        "reply_to": "campaigns@neu.example",
        "ask_id": None,
    }
    return Wording(**(given | changes))  # type: ignore[arg-type]


def member_ids(world: World) -> list[UUID]:
    """Those in office, in the order of their numbers."""
    with world.context("neu") as session:
        return list(session.scalars(select(Person.id).order_by(Person.sort_key)))


@dataclass
class Team:
    """An organiser who drafts and an administrator who signs off and sends, both of one organisation."""

    world: World
    organiser: Actor
    admin: Actor

    @classmethod
    def at(cls, world: World, slug: str = "neu") -> Self:
        return cls(world, world.user(slug, "organiser"), world.user(slug, "admin"))

    @property
    def slug(self) -> str:
        return next(
            slug for slug, one in self.world.organisations.items() if one == self.organiser.organisation_id
        )

    def put_question(self, mailing_id: UUID, *, lend_to_lead: bool) -> None:
        """Ask for sign-off as the kind of mailing does."""
        review.ask_for_sign_off(self.organiser, mailing_id, lend_to_lead=lend_to_lead)

    def ask(self, mailing_id: UUID, *, lend_to_lead: bool = False) -> UUID:
        with self.world.context(self.slug, self.organiser) as session:
            self.put_question(mailing_id, lend_to_lead=lend_to_lead)
            session.commit()
        return mailing_id

    def approve(self, mailing_id: UUID) -> UUID:
        with self.world.context(self.slug, self.admin) as session:
            decisions.decide(self.admin, mailing_id, Decision.APPROVE, self.hash(mailing_id))
            session.commit()
        return mailing_id

    def release(self, mailing_id: UUID) -> UUID:
        with self.world.context(self.slug, self.admin) as session:
            decisions.release(self.admin, mailing_id, self.hash(mailing_id))
            session.commit()
        return mailing_id

    def hash(self, mailing_id: UUID) -> str:
        with self.world.context(self.slug, self.admin) as session:
            return current_hash(session.scalars(select(Mailing).where(Mailing.id == mailing_id)).one())

    def counts(self, mailing_id: UUID) -> dict[str, int]:
        """How many messages are in each state, without the zeros."""
        with self.world.context(self.slug) as session:
            mailing = session.scalars(select(Mailing).where(Mailing.id == mailing_id)).one()
            return {str(state): n for state, n in count_deliveries(mailing).items() if n}

    def state(self, mailing_id: UUID) -> str:
        with self.world.context(self.slug) as session:
            return session.scalars(select(Mailing.state).where(Mailing.id == mailing_id)).one()


class Campaigners(Team):
    """The people of one mailing's way."""

    def draft(self, **changes: object) -> UUID:
        """A draft to every sitting member."""
        with self.world.context(self.slug, self.organiser) as session:
            mailing = drafting.compose_mailing(self.organiser, wording(**changes))
            mailing_id = mailing.id
            drafting.choose_all(self.organiser, mailing_id, session.scalars(candidates()).all())
            session.commit()
            return mailing_id

    def asked(self, **changes: object) -> UUID:
        """A mailing whose sign-off the own organisation was asked for."""
        return self.ask(self.draft(**changes))

    def approved(self, **changes: object) -> UUID:
        return self.approve(self.asked(**changes))

    def sending(self, **changes: object) -> UUID:
        """Approved, and the administrator has pressed Send; no worker has run yet."""
        return self.release(self.approved(**changes))

    def make_due(self, mailing_id: UUID) -> None:
        """Let the waits of retries be over."""
        with self.world.context(self.slug) as session:
            for delivery in session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id)):
                delivery.next_at = now()
            session.commit()


class WorkerProcess:
    """A real RQ worker in a process of its own, to be killed for real."""

    def __init__(
        self, environment: dict[str, str], *, lease_seconds: float, margin_seconds: float = 0.2
    ) -> None:
        # A server without threads forks them, with everything imported.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(
            ["organising.app", "organising.mailings.jobs", "organising.platform.worker"]
        )
        self.process = context.Process(target=_work, args=(environment, lease_seconds, margin_seconds))
        self.process.start()

    def kill(self) -> None:
        """kill -9 the worker and the fork that runs its job."""
        for pid in [*children_of(self.process.pid or 0), self.process.pid or 0]:
            _signal(pid, signal.SIGKILL)
        self.process.join(10)

    def signal_all(self, number: int) -> None:
        for pid in [*children_of(self.process.pid or 0), self.process.pid or 0]:
            _signal(pid, number)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listed:
            return [int(one) for one in listed.read().split()]
    except FileNotFoundError:
        return []


def _work(environment: dict[str, str], lease_seconds: float, margin_seconds: float) -> None:
    os.setsid()
    from organising.app import create_app
    from organising.mailings import runner
    from organising.mailings.services import outbox
    from organising.platform.worker import run_worker

    outbox.LEASE_SECONDS, runner.MARGIN_SECONDS = lease_seconds, margin_seconds
    run_worker(create_app(environment), ("mail",))


def forgive(databases: Databases, environment: dict[str, str]) -> None:
    """Let the patience that a domain asked for be over."""
    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        connection.execute(text("UPDATE counting.sending_slow SET until_at = now() - interval '1 s'"))


def eventually(true: Callable[[], bool], seconds: float = 20.0, every: float = 0.02) -> bool:
    """Wait until something is true; answers whether it became so."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(every)
    return bool(true())
