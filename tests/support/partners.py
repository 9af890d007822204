"""Partners who are asked for their name under a mailing, and what they answer."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, update

from organising.mailings.models import Mailing
from organising.mailings.services import decisions, sending, signatories
from organising.mailings.states import Decision
from organising.platform.actor import Actor
from organising.platform.clock import now
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World

PARTNERS = ("liberty", "lawrs", "medact")
ENDORSE, DROP_OUT = Decision.ENDORSE, Decision.DROP_OUT


@dataclass
class Partners:
    """Three partners of which each has one person who may answer."""

    people: Campaigners
    admins: dict[str, Actor]
    sink: Sink
    run_jobs: Callable[[], None]

    @classmethod
    def at(cls, world: World, sink: Sink, run_jobs: Callable[[], None]) -> "Partners":
        """With three members to write to."""
        seat_members(world.app, 3)
        people = Campaigners.at(world)
        return cls(people, {slug: world.user(slug, "admin") for slug in PARTNERS}, sink, run_jobs)

    def asked(self, *slugs: str, hours: int = 48) -> UUID:
        """A mailing of the author's whose sign-off and names were asked for."""
        mailing = self.people.draft()
        self.name(mailing, *slugs, hours=hours)
        return self.people.ask(mailing)

    def approved(self, **answers: Decision | None) -> UUID:
        """A mailing that the author's organisation has signed off; of those asked some have answered."""
        mailing = self.people.approve(self.asked(*answers))
        for slug, decision in answers.items():
            if decision:
                self.answer(slug, mailing, decision)
        return mailing

    def name(self, mailing: UUID, *slugs: str, hours: int = 48) -> None:
        author = self.people.organiser
        with self.people.world.context("neu", author) as session:
            ids = [self.people.world.organisation(slug) for slug in slugs]
            signatories.name_organisations(author, mailing, ids, hours)
            session.commit()

    def answer(self, slug: str, mailing: UUID, decision: Decision, comment: str = "") -> None:
        admin = self.admins[slug]
        with self.people.world.context(slug, admin) as session:
            row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
            decisions.answer_for_name(admin, mailing, decision, row.content_hash or "", comment)
            session.commit()

    def let_time_pass(self, mailing: UUID) -> None:
        """The time to answer is over."""
        with self.people.world.context("neu") as session:
            session.execute(
                update(Mailing)
                .where(Mailing.id == mailing)
                .values(objections_until=now() - timedelta(seconds=1))
                .execution_options(synchronize_session=False)
            )
            session.commit()

    def apply(self, mailing: UUID) -> None:
        """The job of the author's organisation."""
        with self.people.world.context("neu") as session:
            sending.apply_sign_offs(Actor.system(self.people.world.organisation("neu")), mailing)
            session.commit()

    def release(self, mailing: UUID) -> set[tuple[str, ...]]:
        """Send is pressed, and the worker works; the names under each letter that arrived."""
        self.sink.messages.clear()
        self.people.release(mailing)
        self.run_jobs()
        return footers(self.sink.messages)

    def letters_that_leave(self) -> list[EmailMessage]:
        """The worker works; what goes to representatives then."""
        self.sink.messages.clear()
        self.run_jobs()
        return [one for one in self.sink.messages if "@parliament.example" in one["To"]]


def footers(messages: Iterable[EmailMessage]) -> set[tuple[str, ...]]:
    """The names under each letter."""
    found = set()
    for message in messages:
        part = message.get_body(("plain",))
        assert part is not None
        _, _, after = part.get_content().replace("\r\n", "\n").partition("In the name of:\n")
        found.add(tuple(after.split("\n")[:-1]) if after else ())
    return found


def page(browser: FlaskClient, mailing: UUID) -> str:
    """A mailing's page as one line of words."""
    return " ".join(re.sub(r"<[^>]+>", " ", browser.get(f"/mailings/{mailing}").text).split())
