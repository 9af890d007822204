"""Letters for tests: an invented seat with its postcode and member, an open page, somebody who writes."""

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organising.letters.content import hash_action
from organising.letters.forms import LetterForm
from organising.letters.models import Letter, LetterAction, LetterState
from organising.letters.queries import get_action
from organising.letters.services.actions import ActionWords, draft_action, open_action
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.representatives.models import ContactPoint, OfficeHolding
from tests.support import postcodes
from tests.support.mail import GatedSink, Sink
from tests.support.pledges import Owner
from tests.support.world import World

WORDS = ActionWords(
    slug="safe-schools",
    title="Tell your MP: schools are safe places",
    standfirst="Parents should be able to tell a school where they live.",
    prompts="What have you seen where you work?\nWhy does it matter where you live?",
    subject="Schools and the Home Office",
    ask_id=None,
)
ADDRESS = "ada.harbourer@parliament.example"
PAGE = f"/write/neu/{WORDS.slug}"
BODY = (
    "I have taught at the school by the harbour for eleven years. This autumn two families stopped bringing forms "
    "back, because they no longer know who reads them. Please speak up for a promise that schools can keep."
)


def seat_a_member(
    app: Flask,
    postcode: str = "E1 4NS",
    code: str = "E14001111",
    name: str = "Harbour and Vale",
    member: str = "Ada Harbourer",
    email: str | None = ADDRESS,
) -> UUID:
    """A constituency of one postcode, with its member; the id of the holding."""
    with postcodes.importing(app) as session:
        area = postcodes.seat(session, code, name, member)
        holding = session.query(OfficeHolding).filter_by(area_id=area.id).one()
        if email:
            session.add(
                ContactPoint(
                    person_id=holding.person_id,
                    kind="parliamentary_office",
                    email=email,
                    source="test",
                    checked_on=date(2026, 1, 1),
                )
            )
        holding_id = holding.id
        session.commit()
    postcodes.load(app, f"{postcode},,E09000030,E92000001,{code}")
    return holding_id


def draft_a_page(world: World, slug: str = "neu", author: Actor | None = None) -> UUID:
    """A draft of this partner's; its id."""
    author = author or world.user(slug, "organiser")
    with world.context(slug, author) as session:
        action_id = draft_action(author, WORDS).id
        session.commit()
    return action_id


def open_a_page(world: World, slug: str = "neu") -> UUID:
    """A page of this partner's, drafted by an organiser and opened by an administrator; its id."""
    action_id, admin = draft_a_page(world, slug), world.user(slug, "admin")
    with world.context(slug, admin) as session:
        assert open_action(admin, action_id, hash_action(get_action(admin, action_id)))
        session.commit()
    return action_id


def mailing_of(world: World, action_id: UUID, slug: str = "neu") -> UUID:
    """The mailing that a page's letters leave by."""
    with world.context(slug) as session:
        found = session.query(LetterAction.mailing_id).filter_by(id=action_id).scalar()
    assert isinstance(found, UUID)
    return found


class Constituent:
    """Somebody with a browser and a mailbox."""

    def __init__(self, client: FlaskClient, sink: Sink, run_jobs: Callable[[], None]) -> None:
        self.client, self.sink, self.run_jobs = client, sink, run_jobs

    def post(
        self, step: str = "send", path: str = PAGE, *, seconds: float = 60, **given: str
    ) -> TestResponse:
        """Press one of the page's buttons, as somebody who has looked at it for so many seconds."""
        with self.client.application.app_context():
            shown = LetterForm.shown_token(time.time() - seconds)
        fields = {
            "step": step,
            "name": "Esi Storyborn",
            "email": "esi@example.org",
            "street": "12 Invented Row\nHarbour",
            "postcode": "e1 4ns",
            "subject": WORDS.subject,
            "body": BODY,
            "shown": shown,
        } | given
        return self.client.post(path, data=fields)

    def write(self, path: str = PAGE, **given: str) -> str:
        """Send the letter and wait for the mail; the path of its link."""
        before = len(self.mails())
        response = self.post(path=path, **given)
        assert response.status_code == 303, response.text
        self.run_jobs()
        assert len(self.mails()) == before + 1
        return self.link()

    def mails(self) -> list[str]:
        """What writers were sent, in one line each."""
        texts = [" ".join(one.get_content().split()) for one in self.sink.messages]
        return [text for text in texts if "/letter/" in text]

    def link(self) -> str:
        """The path of the link in the last mail to a writer."""
        found = re.search(r"http://localhost(/letter/\S+)", self.mails()[-1])
        assert found
        return found[1]

    def confirm(self, link: str) -> TestResponse:
        response = self.client.post(f"{link}/confirmation")
        assert response.status_code == 303
        return response

    def write_and_confirm(self, path: str = PAGE, **given: str) -> str:
        link = self.write(path, **given)
        self.confirm(link)
        return link


def confirm_many(
    world: World,
    action_id: UUID,
    holdings: dict[UUID, str],
    number: int,
    *,
    first: int = 0,
    slug: str = "neu",
) -> None:
    """``number`` confirmed letters of as many people, to these holdings' addresses in turn; in no outbox yet."""
    at, going = now(), list(holdings.items())
    with world.context(slug) as session:
        for n in range(first, first + number):
            holding_id, address = going[n % len(going)]
            letter = Letter(
                id=new_id(),
                action_id=action_id,
                signing_id=new_id(),
                state=LetterState.CONFIRMED,
                holding_id=holding_id,
                address=address,
                greeting="Ada Harbourer",
                consent="yes",
                person_key=f"{n:032}".encode(),
                confirmed_at=at,
            )
            letter.name, letter.email, letter.street = f"Writer {n}", f"writer{n}@example.org", f"{n} Row"
            letter.postcode, letter.subject, letter.body = "E1 4NS", WORDS.subject, f"Letter {n}. {BODY}"
            session.add(letter)
        session.commit()


def sent(sink: GatedSink) -> int:
    """How many letters were accepted for the member."""
    return sink.recipients()[ADDRESS]


def deliveries(owner: Owner) -> Counter[str]:
    """How many messages are in each state, letters of all organisations together."""
    return Counter(state for (state,) in owner.rows("SELECT state FROM delivery"))


def sweep(app: Flask, *sweeps: Callable[[], object]) -> None:
    """Run these sweeps, one after another, as the scheduler does."""
    for one in sweeps:
        with app.app_context():
            one()
            db.engine.dispose()


def pause(world: World, mailing_id: UUID, verb: str = "pause") -> None:
    """Pause the page's mailing, or let it go on."""
    admin = world.user("neu", "admin")
    path = f"/mailings/{mailing_id}/pause" + ("" if verb == "pause" else "/removal")
    assert world.browser(admin).post(path).status_code == 303
