"""In whose names a mailing speaks: partners say yes, no or nothing, and what leaves carries exactly the yes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from organising.mailings import asking_jobs
from organising.mailings.models import Mailing, SignOff
from organising.mailings.services import decisions, drafting, sending, signatories
from organising.mailings.states import Decision
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import Conflict, Forbidden, Invalid
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members, wording
from tests.support.world import World

PARTNERS = ("liberty", "lawrs", "medact")
ENDORSE, DROP_OUT = Decision.ENDORSE, Decision.DROP_OUT


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 3)
    return Campaigners.at(world)


@dataclass
class Partners:
    """Three partners of which each has one person who may answer."""

    people: Campaigners
    admins: dict[str, Actor]
    sink: Sink
    run_jobs: Callable[[], None]

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


@pytest.fixture
def partners(people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]) -> Partners:
    admins = {slug: people.world.user(slug, "admin") for slug in PARTNERS}
    return Partners(people, admins, smtp_sink, run_jobs)


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
    return " ".join(re.sub(r"<[^>]+>", " ", browser.get(f"/mailings/{mailing}").text).split())


def test_a_request_refused_at_the_dot_is_mailed_by_the_sweep(
    partners: Partners, app: Flask, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    partners.asked("medact")
    smtp_sink.at_the_dot.extend(["451 later"] * 2)
    run_jobs()
    before = len(smtp_sink.messages)
    with app.app_context():
        asking_jobs.ask_for_sign_offs()
    run_jobs()
    asked = Counter(str(one["To"]) for one in smtp_sink.messages)
    assert len(smtp_sink.messages) == before + 2, asked
    assert set(asked.values()) == {1}


def test_three_partners_answer_and_one_drops_out(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.asked(*PARTNERS)
    people.approve(mailing)
    run_jobs()
    assert people.state(mailing) == "in_review", "signed off, but the partners have not answered"
    with pytest.raises(Conflict, match="Not every organisation"):
        people.release(mailing)
    partners.answer("liberty", mailing, ENDORSE)
    partners.answer("lawrs", mailing, DROP_OUT, "Our trustees meet on Friday.")
    partners.answer("medact", mailing, ENDORSE)
    run_jobs()
    assert people.state(mailing) == "approved"
    assert partners.release(mailing) == {("NEU", "Liberty", "Medact")}
    assert people.counts(mailing) == {"accepted": 3}
    author = page(people.world.browser(people.organiser), mailing)
    assert "Our trustees meet on Friday." in author
    assert "Lawrs Not named" in author
    # What one partner writes to the author is no other partner's to read.
    other = page(people.world.browser(partners.admins["medact"]), mailing)
    assert "trustees" not in other
    assert "Lawrs Not named" in other


def test_silence_names_nobody_and_holds_nobody_up_for_ever(
    partners: Partners, run_jobs: Callable[[], None]
) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=None)
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "Not answered yet: Lawrs" in page(people.world.browser(people.admin), mailing)
    partners.let_time_pass(mailing)
    partners.apply(mailing)
    assert people.state(mailing) == "approved"
    assert partners.release(mailing) == {("NEU", "Liberty")}


def test_a_name_comes_late_or_goes_before_it_leaves(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=None)
    partners.let_time_pass(mailing)
    partners.apply(mailing)
    partners.answer("lawrs", mailing, ENDORSE)
    partners.answer("liberty", mailing, DROP_OUT)
    run_jobs()
    assert people.state(mailing) == "approved", "the text was approved whoever stands under it"
    assert partners.release(mailing) == {("NEU", "Lawrs")}


def test_a_name_taken_back_on_the_way_stops_the_rest_until_somebody_looks(partners: Partners) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=ENDORSE)
    partners.apply(mailing)
    people.release(mailing)
    # It is being sent, but no worker has run: the name goes before the first message does.
    assert people.state(mailing) == "sending"
    partners.answer("lawrs", mailing, DROP_OUT)
    assert partners.letters_that_leave() == []
    assert people.state(mailing) == "paused"
    browser = people.world.browser(people.admin)
    assert "Lawrs took its name back" in page(browser, mailing)
    with pytest.raises(Conflict, match="on its way"):
        partners.answer("lawrs", mailing, ENDORSE)
    browser.post(f"/mailings/{mailing}/pause/removal")
    assert footers(partners.letters_that_leave()) == {("NEU", "Liberty")}
    assert people.counts(mailing) == {"accepted": 3}


def test_an_edit_voids_every_answer(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=ENDORSE)
    run_jobs()
    assert people.state(mailing) == "approved"
    partners.name(mailing, "liberty", "lawrs", "medact")
    assert people.state(mailing) == "draft"
    assert people.world.browser(partners.admins["liberty"]).get(f"/mailings/{mailing}").status_code == 404
    people.approve(people.ask(mailing))
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "No answer yet" in page(people.world.browser(people.organiser), mailing)


def test_a_row_changed_behind_the_product_sends_nothing(partners: Partners) -> None:
    """The names that leave are believed only with a standing answer of each."""
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=DROP_OUT)
    partners.apply(mailing)
    people.release(mailing)
    with people.world.context("neu") as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        row.named = list(row.asked_names)
        session.commit()
    assert partners.letters_that_leave() == []
    assert people.state(mailing) == "paused"


def test_who_may_be_asked_and_who_may_answer(partners: Partners) -> None:
    people, world = partners.people, partners.people.world
    mailing = people.draft()
    for slug in ("praxis", "neu"):
        with pytest.raises(Invalid, match="members of the coalition"):
            partners.name(mailing, slug)
    with pytest.raises(Invalid, match="times offered"):
        partners.name(mailing, "liberty", hours=1)
    partners.name(mailing, "liberty")
    people.ask(mailing)
    for role in ("organiser", "officer", "analyst"):
        actor = world.user("liberty", role)
        with world.context("liberty", actor), pytest.raises(Forbidden):
            decisions.answer_for_name(actor, mailing, ENDORSE, people.hash(mailing))
    stranger = partners.admins["lawrs"]
    with pytest.raises(Exception, match=r"^$|not found|NotFound"), world.context("lawrs", stranger):
        decisions.answer_for_name(stranger, mailing, ENDORSE, people.hash(mailing))
    assert world.browser(stranger).post(f"/mailings/{mailing}/name", data={}).status_code == 404


def test_one_person_alone_signs_a_quarter_of_an_hour_later(
    app: Flask, world: World, run_jobs: Callable[[], None]
) -> None:
    seat_members(app, 2)
    only = world.user("alone", "admin")
    people = Campaigners(world, only, only)
    mailing = people.approve(people.asked())
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "alone in the organisation" in page(world.browser(only), mailing)
    with pytest.raises(Conflict, match="Nobody has signed off"):
        people.release(mailing)
    with world.context("alone") as session:
        signed = session.scalars(select(SignOff)).one()
        assert signed.counts_from is not None
        assert signed.counts_from - signed.created_at == timedelta(minutes=15)


def test_with_a_second_person_nobody_signs_their_own_work(app: Flask, world: World) -> None:
    seat_members(app, 2)
    first = world.user("alone", "admin")
    world.user("alone", "analyst")
    people = Campaigners(world, first, first)
    mailing = people.asked()
    with pytest.raises(Forbidden, match="another person"):
        people.approve(mailing)


def answer_link(sink: Sink, email: str) -> str:
    """The path of the link in the one message that this person got."""
    mine = [one for one in sink.messages if one["To"] == email]
    assert len(mine) == 1
    part = mine[0].get_body(("plain",))
    assert part is not None
    found = re.search(r"http://localhost(/mailings/answer/\S+)", part.get_content())
    assert found is not None
    return found.group(1)


def test_the_message_is_enough_to_answer(
    partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people, world = partners.people, partners.people.world
    smtp_sink.messages.clear()
    mailing = partners.asked("liberty", "lawrs")
    run_jobs()
    run_jobs()
    asked = {one["To"] for one in smtp_sink.messages}
    assert asked == {
        world.email(a) for a in (people.admin, partners.admins["liberty"], partners.admins["lawrs"])
    }
    path = answer_link(smtp_sink, world.email(partners.admins["lawrs"]))
    visitor = world.app.test_client()
    shown = visitor.get(path)
    assert "A question about Seat 0001" in shown.text
    assert "Put our name under it</span>" in shown.text
    assert "Not answered yet: Liberty, Lawrs. Those names stand there only after a yes." in shown.text
    for reader in (people.organiser, partners.admins["lawrs"]):
        assert "at the organisations it asked can see this" in page(world.browser(reader), mailing)
    assert "Sign off</button>" not in shown.text
    # A scanner that follows the link has answered nothing.
    assert "No answer yet" in page(world.browser(people.organiser), mailing)
    said = visitor.post(path, data={"decision": "endorse", "content_hash": "x", "comment": "Gladly."})
    assert said.status_code == 200
    assert "Your organisation’s name stands under it." in said.text
    # The mailing's own job has not noted it yet; the page tells what is on record all the same.
    for answered in (said.text, visitor.get(path).text):
        assert "Not answered yet: Liberty. That name stands there only after a yes." in answered
        assert answered.count("No answer yet") == 1
        assert "Put our name under it</span>" not in answered
        assert "Take our name back" in answered
    colleague = page(world.browser(partners.admins["lawrs"]), mailing)
    assert "Lawrs Named" in colleague
    assert "Not answered yet: Liberty." in colleague
    author = page(world.browser(people.organiser), mailing)
    run_jobs()
    author = page(world.browser(people.organiser), mailing)
    assert "Gladly." in author
    assert "Lawrs Named" in author


def test_a_link_ends_with_the_content_and_with_the_role(
    partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people, world = partners.people, partners.people.world
    smtp_sink.messages.clear()
    mailing = partners.asked("lawrs")
    run_jobs()
    path = answer_link(smtp_sink, world.email(partners.admins["lawrs"]))
    visitor = world.app.test_client()
    assert visitor.get(path[:-3] + "xyz").status_code == 404
    partners.name(mailing, "lawrs", "liberty")
    assert "This question is over" in visitor.get(path).text
    people.ask(mailing)
    late = visitor.post(path, data={"decision": "endorse", "content_hash": "x"})
    assert late.status_code == 409
    assert "has changed since" in late.text
    run_jobs()
    assert "Lawrs No answer yet" in page(world.browser(people.organiser), mailing)


def test_what_changed_since_one_decided_is_marked(partners: Partners) -> None:
    people, world = partners.people, partners.people.world
    mailing = partners.asked("lawrs")
    partners.answer("lawrs", mailing, DROP_OUT, "Say whose promise it is.")
    browser = world.browser(partners.admins["lawrs"])
    assert "Changed since" not in page(browser, mailing)
    with world.context("neu", people.organiser) as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        changed = wording(body=row.body.replace("We ask", "We, the teachers, ask"))
        drafting.edit_wording(people.organiser, mailing, changed, row.version)
        session.commit()
    people.ask(mailing)
    text = page(browser, mailing)
    assert "Changed since you last decided" in text
    assert "put in: We, the teachers," in text
    assert "taken out: We put in:" in text
