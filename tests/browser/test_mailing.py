"""Job 4: composed, read message by message, signed off by another, sent once each."""

import re

from playwright.sync_api import Page, expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

PAT = "organiser@praxis.example"
CORA = "coordinator@liberty.example"
DEV = "deputy@liberty.example"
# Letters that a few of the invented members' names begin with: each window writes to others.
NAMES = {NARROW: "bram", 1280: "thistle"}
CHOSEN = 3
LETTER = """Dear {{ salutation }},

People in {{ constituency }} see doctors and teachers without fear only while nobody shares their data.

Will you say so in the House?"""


def compose(visitor: Visitor, title: str) -> None:
    visitor.go("Mailings")
    visitor.press("Compose a mailing")
    visitor.fill("Name of the mailing", title)
    visitor.fill("Subject", "Safe places in {{ constituency }}")
    visitor.page.get_by_role("textbox", name="Letter").fill(LETTER)
    visitor.look("mailing-text")
    visitor.press("Save")


def choose(visitor: Visitor, words: str) -> list[str]:
    """Tick three members; returns their addresses as the page shows them."""
    visitor.press("Choose who gets it")
    visitor.fill("Name or constituency", words)
    visitor.press("Find")
    boxes = (
        visitor.page.get_by_role("group")
        .get_by_role("checkbox")
        .or_(visitor.page.locator("input[name=holding]"))
    )
    for place in range(CHOSEN):
        boxes.nth(place).check()
    visitor.press("Add those ticked")
    visitor.see(f"{CHOSEN} chosen")
    visitor.look("mailing-audience")
    rows = visitor.page.get_by_role("table", name="Chosen representatives").inner_text()
    return re.findall(r"\S+@\S+", rows)


def check_salutations(visitor: Visitor) -> None:
    visitor.press("Go on to salutations")
    visitor.look("mailing-salutations")
    visitor.press(f"I have checked these {CHOSEN}")
    if visitor.page.get_by_role("main").get_by_role("link", name="Back to the mailing").count():
        visitor.press("Back to the mailing")


def read_every_message(visitor: Visitor) -> None:
    visitor.press("Read every message")
    for number in range(1, CHOSEN + 1):
        visitor.see(f"Message {number} of {CHOSEN}")
        visitor.see("Dear ")
        visitor.not_see("{{")
        if number == 1:
            visitor.look("mailing-message")
        if number < CHOSEN:
            visitor.press("Next")
    assert visitor.page.get_by_role("link", name="Next", exact=True).count() == 0
    visitor.page.locator(".page-header__back a").click()


def sign_off(visitor: Visitor, title: str) -> None:
    visitor.go("Mailings")
    visitor.page.get_by_role("link", name=title).first.click()
    read_every_message(visitor)
    visitor.look("mailing-sign-off")
    visitor.press("Sign off")
    visitor.see("signed off these 3 messages")


def sent_to(page: Page, addresses: list[str]) -> list[int]:
    """How many caught mails there are for each address."""
    return [page.get_by_role("row").filter(has_text=address).count() for address in addresses]


def test_cora_composes_dev_signs_off_cora_sends_each_once(visit: Visit, width: int) -> None:
    title = f"Safe places {width}"
    cora = visit(CORA)
    compose(cora, title)
    addresses = choose(cora, NAMES[width])
    assert len(set(addresses)) == CHOSEN
    check_salutations(cora)
    read_every_message(cora)
    cora.press("Ask for sign-off")
    cora.page.get_by_label(re.compile("Dev Demo-Deputy")).check()
    cora.look("mailing-ask")
    cora.press("Ask for sign-off")
    cora.see("was asked on")
    address = cora.page.url

    sign_off(visit(DEV), title)

    cora.page.goto(address)
    cora.press(f"Send {CHOSEN} messages")
    # Without a reload: the page asks for its own progress.
    expect(cora.page.get_by_role("row").filter(has_text="Delivered to the relay")).to_contain_text(
        str(CHOSEN)
    )
    expect(cora.page.locator("#progress")).to_contain_text("Sent")
    cora.look("mailing-sent")
    cora.open("/dev/mail")
    assert sent_to(cora.page, addresses) == [1] * CHOSEN
    cora.look("caught-mail")


def test_an_organiser_asks_and_may_not_send(visits: Visit) -> None:
    pat = visits(PAT, width=NARROW)
    compose(pat, "From a local group")
    choose(pat, "clover")
    check_salutations(pat)
    pat.press("Ask for sign-off")
    pat.page.get_by_role("radio").first.check()
    pat.press("Ask for sign-off")
    pat.see("was asked on")
    assert pat.page.get_by_role("button", name=re.compile("^Send ")).count() == 0
    pat.press("Take the question back")
    pat.see("Draft")
