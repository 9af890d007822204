"""A letter to 650 members, in whose names three partners were asked: the page tells the truth about each of them.

An installation of its own, because what the receiving side answers is chosen here: patience for one domain, two
addresses that are gone, one connection that is dropped at the dot.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from organising.platform.actor import Actor
from tests.support.databases import Databases
from tests.support.live import _free_port
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, WorkerProcess, eventually, forgive, seat_members
from tests.support.world import World

MEMBERS = 650
HERE, SLOW = "parliament.example", "slow.example"
# Every thirteenth member's mail goes through the domain that asks for patience.
DOMAINS = (*[HERE] * 12, SLOW)
GONE = (f"member0100@{HERE}", f"member0200@{HERE}")
PASSWORD = "a-long-password-for-tests"
PARTNERS = ("liberty", "lawrs", "medact")
LETTER = """Dear {{ salutation }},

{{ organisation }} writes to you about {{ constituency }}. We ask you to keep the promise to our members there.

Yours sincerely,
A campaigner"""


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"PUBLIC_URL": f"http://127.0.0.1:{_free_port()}"}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def address(app: Flask, environment: dict[str, str]) -> Iterator[str]:
    """The product, listening at its public address."""
    found = environment["PUBLIC_URL"]
    server = make_server("127.0.0.1", int(found.rpartition(":")[2]), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Desk:
    """People at their own screens, and what is done behind them."""

    address: str
    browser: Browser
    world: World
    environment: dict[str, str]

    def sign_in(self, actor: Actor) -> Page:
        page = self.visit()
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("Email").fill(self.world.email(actor))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
        return page

    def visit(self) -> Page:
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(15_000)
        return context.new_page()


@pytest.fixture
def desk(app: Flask, address: str, chromium: Browser, environment: dict[str, str]) -> Desk:
    seat_members(app, MEMBERS, domains=DOMAINS)
    return Desk(address, chromium, World(app), environment)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("button", name=name).or_(
        page.get_by_role("main").get_by_role("link", name=name)
    ).first.click()
    page.wait_for_load_state()


def compose(page: Page, address: str) -> str:
    """A letter to every sitting member, for which three partners are to be asked; answers its address."""
    page.goto(f"{address}/mailings/new")
    page.get_by_label("Name of the mailing").fill("The firewall")
    page.get_by_label("Subject", exact=True).fill("A question about {{ constituency }}")
    page.get_by_role("textbox", name="Letter").fill(LETTER)
    page.get_by_label("Answers go to").fill("campaigns@neu.example")
    press(page, "Save")
    press(page, re.compile("Add all 650"))
    expect(page.get_by_text("650 chosen").first).to_be_visible()
    mailing = page.url.partition("/audience")[0]
    page.goto(f"{mailing}/names")
    for name in ("Liberty", "Lawrs", "Medact"):
        page.get_by_label(name).check()
    press(page, "Save")
    return mailing


def ask(page: Page, mailing: str) -> None:
    page.goto(f"{mailing}/review")
    press(page, "Ask for sign-off")
    expect(page.get_by_text("Sign-off is asked for.").first).to_be_visible()


def decide(page: Page, mailing: str, button: str) -> None:
    page.goto(mailing)
    press(page, button)


def in_state(page: Page, mailing: str) -> Counter[str]:
    """The counts of the mailing's page, by the words of their states."""
    page.goto(mailing)
    rows = page.get_by_role("table", name=re.compile("The 650 messages")).get_by_role("row").all()[1:]
    found = Counter[str]()
    for row in rows:
        state, number = row.get_by_role("rowheader").inner_text(), row.get_by_role("cell").first.inner_text()
        found[state] = int(number.replace(",", ""))
    return found


def each_of_them(page: Page, mailing: str) -> dict[str, str]:
    """The state that the page gives every single message, by address."""
    found: dict[str, str] = {}
    page.goto(f"{mailing}/recipients")
    while True:
        for row in page.get_by_role("table", name="Messages", exact=True).get_by_role("row").all()[1:]:
            address, state = row.get_by_role("cell").first.inner_text(), row.locator(".tag").inner_text()
            assert address not in found
            found[address] = state
        following = page.get_by_role("link", name="Next")
        if not following.count():
            return found
        following.first.click()
        page.wait_for_load_state()


def links_in(sink: GatedSink) -> dict[str, str]:
    """The link that each signer was sent last, by address."""
    found = {}
    for message in sink.messages:
        part = message.get_body(("plain",))
        link = re.search(r"http://\S+/mailings/answer/\S+", part.get_content() if part else "")
        if link:
            found[str(message["To"])] = link.group()
    return found


def letters_in(sink: GatedSink) -> Counter[str]:
    """How often each member's letter was taken."""
    return Counter({one: n for one, n in sink.recipients().items() if one.startswith("member")})


def test_the_page_tells_the_truth_about_each_of_650(
    desk: Desk,
    smtp_sink: GatedSink,
    sweep_and_run: Callable[[], None],
    databases: Databases,
    environment: dict[str, str],
) -> None:
    world, address = desk.world, desk.address
    author, reviewer = (world.user("neu", role, password=PASSWORD) for role in ("organiser", "admin"))
    signers = {slug: world.user(slug, "admin", password=PASSWORD) for slug in PARTNERS}
    people = Campaigners(world, author, reviewer)
    writes, sends = desk.sign_in(author), desk.sign_in(reviewer)

    # Three are asked. Two say yes, one drops out; then the author edits, and all of it is void.
    mailing = compose(writes, address)
    ask(writes, mailing)
    sweep_and_run()
    decide(sends, mailing, "Sign off")
    first = links_in(smtp_sink)
    answers = {slug: desk.visit() for slug in PARTNERS}
    for slug, button in (("liberty", "Put our name under it"), ("lawrs", "Leave our name out")):
        answers[slug].goto(first[world.email(signers[slug])])
        press(answers[slug], button)
    answers["medact"].goto(first[world.email(signers["medact"])])
    press(answers["medact"], "Put our name under it")
    sweep_and_run()
    sends.goto(mailing)
    expect(sends.get_by_role("button", name="Send 650 messages")).to_be_visible()
    writes.goto(f"{mailing}/text")
    writes.get_by_role("textbox", name="Letter").fill(LETTER.replace("A campaigner", "A teacher"))
    press(writes, "Save")
    expect(writes.get_by_text("The sign-off is void").first).to_be_visible()
    answers["medact"].reload()
    expect(answers["medact"].get_by_text("This question is over").first).to_be_visible()

    # Asked again: the same answers, to the new text.
    ask(writes, mailing)
    sweep_and_run()
    decide(sends, mailing, "Sign off")
    again = links_in(smtp_sink)
    for slug, button in (
        ("liberty", "Put our name under it"),
        ("lawrs", "Leave our name out"),
        ("medact", "Put our name under it"),
    ):
        assert again[world.email(signers[slug])] != first[world.email(signers[slug])]
        answers[slug].goto(again[world.email(signers[slug])])
        press(answers[slug], button)
    sweep_and_run()

    # It leaves: a pause in the middle, a domain that asks for patience, two that are gone, one lost answer.
    smtp_sink.messages.clear()
    smtp_sink.envelopes.clear()
    smtp_sink.seen.clear()
    smtp_sink.refuse = dict.fromkeys(GONE, "550 5.1.1 no such user")
    smtp_sink.refuse[f"member0013@{SLOW}"] = "451 4.3.0 come back later"
    smtp_sink.drop_dot = 400
    smtp_sink.stop_at = ("DOT", 150)
    decide(sends, mailing, "Send 650 messages")
    worker = WorkerProcess(desk.environment, lease_seconds=120)
    try:
        assert smtp_sink.reached.wait(60)
        sends.goto(mailing)
        press(sends, "Pause")
        expect(sends.get_by_text("Paused. What is in flight arrives").first).to_be_visible()
        smtp_sink.stop_at = None
        smtp_sink.go_on.set()
        assert eventually(lambda: "In flight" not in in_state(sends, mailing), 30, 0.2)
        paused = in_state(sends, mailing)
        assert sum(paused.values()) == MEMBERS
        assert 0 < paused["Waiting"] < MEMBERS
        before = smtp_sink.seen["DOT"]
        press(sends, "Go on")
        assert eventually(lambda: smtp_sink.seen["DOT"] > before + 100, 30, 0.05)
        assert eventually(lambda: not in_state(sends, mailing)["Being prepared"], 60, 0.3)
        assert eventually(lambda: smtp_sink.seen["DOT"] >= MEMBERS - 60, 60, 0.2)
    finally:
        worker.kill()
    waiting = in_state(sends, mailing)
    assert sum(waiting.values()) == MEMBERS
    assert waiting["To be tried again"] == 1
    smtp_sink.refuse = dict.fromkeys(GONE, "550 5.1.1 no such user")
    people.make_due(UUID(mailing.rpartition("/")[2]))
    forgive(databases, environment)
    sweep_and_run()
    sweep_and_run()

    # The truth about each of the 650, against what the relay took.
    sink_took = letters_in(smtp_sink)
    assert set(sink_took.values()) == {1}, "somebody was written to twice"
    assert len(sink_took) == MEMBERS - len(GONE)
    counts = in_state(sends, mailing)
    assert counts == {"Delivered to the relay": 647, "Refused": 2, "Uncertain": 1}
    told = each_of_them(sends, mailing)
    assert len(told) == MEMBERS
    assert {one for one, state in told.items() if state == "Refused"} == set(GONE)
    delivered = {one for one, state in told.items() if state == "Delivered to the relay"}
    (uncertain,) = [one for one, state in told.items() if state == "Uncertain"]
    assert delivered == set(sink_took) - {uncertain}
    # The relay had taken the one whose answer was lost: its log settles it.
    sends.goto(f"{mailing}/settlement")
    sends.get_by_label("How do you know that it arrived?").fill("The relay's log has its Message-ID.")
    press(sends, "It was delivered")
    assert in_state(sends, mailing) == {"Delivered to the relay": 648, "Refused": 2}
    bodies = [one.get_body(("plain",)) for one in smtp_sink.messages if str(one["To"]).count("member")]
    texts = [one.get_content().replace("\r\n", "\n") for one in bodies if one]
    assert len(texts) == MEMBERS - len(GONE)
    assert all("A teacher\n\nIn the name of:\nNEU\nLiberty\nMedact\n" in one for one in texts)
    for page in (writes, sends, *answers.values()):
        page.context.close()
