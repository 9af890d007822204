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
    visitor.see("Now choose whom it goes to.")
    visitor.fill("Name or constituency", words)
    visitor.press("Find")
    boxes = visitor.page.locator("input[name=holding]")
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
    visitor.press(re.compile("^I have checked"))
    if visitor.page.get_by_role("main").get_by_role("link", name="Back to the mailing").count():
        visitor.press("Back to the mailing")


def read_every_message(visitor: Visitor, total: int) -> None:
    visitor.press("Read every message")
    for number in range(1, total + 1):
        visitor.see(f"Message {number} of {total}")
        visitor.see("Dear ")
        visitor.not_see("{{")
        if number == 1:
            visitor.look("mailing-message")
        if number < total:
            visitor.press("Next")
    assert visitor.page.get_by_role("link", name="Next", exact=True).count() == 0
    visitor.page.locator(".page-header__back a").click()


def sign_off(visitor: Visitor, title: str, total: int) -> None:
    visitor.go("Mailings")
    visitor.page.get_by_role("link", name=title).first.click()
    read_every_message(visitor, total)
    visitor.look("mailing-sign-off")
    visitor.press("Sign off")
    visitor.see(f"signed off these {total} messages")


def sent_to(page: Page, addresses: list[str]) -> list[int]:
    """How many caught mails there are for each address."""
    return [page.get_by_role("row").filter(has_text=address).count() for address in addresses]


def test_cora_composes_dev_signs_off_cora_sends_each_once(visit: Visit, width: int) -> None:
    title = f"Safe places {width}"
    cora = visit(CORA)
    compose(cora, title)
    addresses = choose(cora, NAMES[width])
    # One of the phone's three has no address known, and is listed as left out.
    assert len(set(addresses)) == len(addresses) == (2 if cora.is_narrow else CHOSEN)
    total = len(addresses)
    check_salutations(cora)
    read_every_message(cora, total)
    cora.press("Ask for sign-off")
    cora.page.get_by_label("A colleague at Liberty").check()
    cora.look("mailing-ask")
    cora.press("Ask for sign-off")
    cora.see("was asked on")
    address = cora.page.url

    sign_off(visit(DEV), title, total)

    cora.page.goto(address)
    cora.press(f"Send {total} messages")
    # Without a reload: the page asks for its own progress.
    expect(cora.page.get_by_role("row").filter(has_text="Delivered to the relay")).to_contain_text(str(total))
    expect(cora.page.locator("#progress")).to_contain_text("Sent")
    cora.look("mailing-sent")
    cora.open("/dev/mail")
    assert sent_to(cora.page, addresses) == [1] * total
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


def test_a_large_mailing_is_paused_and_the_rest_cancelled(visits: Visit) -> None:
    cora, dev = visits(CORA, width=NARROW), visits(DEV, width=NARROW)
    title = "To everyone, by mistake"
    compose(cora, title)
    cora.press(re.compile(r"^Add all \d+ sitting members"))
    cora.press("Back to the mailing")
    cora.press("Ask for sign-off")
    cora.page.get_by_label("A colleague at Liberty").check()
    cora.press("Ask for sign-off")
    address = cora.page.url
    dev.page.goto(address)
    dev.press("Sign off")
    cora.page.goto(address)
    cora.press(re.compile(r"^Send \d+ messages"))
    cora.await_page(address, lambda page: page.get_by_role("button", name="Pause").count() > 0)
    cora.press("Pause")
    cora.see("Paused")
    expect(cora.page.get_by_role("button", name="Go on")).to_be_visible()
    cora.look("mailing-paused")
    cora.press("Cancel the rest")
    expect(cora.page.locator("#progress")).to_contain_text("Cancelled")
    cora.look("mailing-cancelled")
