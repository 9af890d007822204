"""Checks, senders, and what came of a mailing: read on a phone and at a desk, by keyboard and by axe."""

import re

from playwright.sync_api import expect

from .conftest import Visit
from .test_mailing import CORA

LETTER = """Dear {{ salutation }},

Lorem ipsum. Read http://example.org/a and https://bit.ly/abc. Praxsis agrees with us on this matter!!

Yours,
Cora"""


def test_the_checks_are_read_and_put_right(visit: Visit, width: int) -> None:
    cora = visit(CORA)
    cora.open("/mailings/new")
    cora.fill("Name of the mailing", f"To be checked {width}")
    cora.fill("Subject", "URGENT: PLEASE read")
    cora.page.get_by_role("textbox", name="Letter").fill(LETTER)
    cora.press("Save")
    cora.see("Now choose whom it goes to.")
    cora.fill("Name or constituency", "bram")
    cora.press("Find")
    cora.page.locator("input[name=holding]").first.check()
    cora.press("Add those ticked")
    cora.press("Back to the mailing")
    for words in (
        "Lorem ipsum",
        "bit.ly hides where the link leads",
        "does not say who writes",
        "“Praxsis” is one letter away",
    ):
        cora.see(words)
    expect(cora.page.get_by_role("link", name="Ask for sign-off")).to_have_count(0)
    cora.look("mailing-checks")
    cora.page.locator("#checks").get_by_role("link", name="Change the text").first.click()
    expect(cora.page.get_by_role("textbox", name="Letter")).to_be_visible()


def test_a_sender_is_added_and_confirmed_by_its_link(visit: Visit, width: int) -> None:
    cora = visit(CORA)
    cora.go("Mailings")
    cora.press("Senders")
    cora.look("senders")
    cora.press("Add a sender")
    cora.fill("Address", f"campaigns{width}@liberty.example")
    cora.look("sender")
    cora.press("Save")
    cora.see("Waits to be confirmed")
    cora.await_page(
        "/mailings/senders", lambda page: page.get_by_text(f"was mailed to campaigns{width}@").count() == 1
    )
    cora.read_mail(f"campaigns{width}@liberty.example")
    address = re.search(r"/mailings/senders/proof/[\w.-]+", cora.page.content())
    assert address
    cora.open(address.group())
    cora.look("sender-proof")
    cora.press("Yes, it may")
    cora.see("Confirmed")
    cora.open("/mailings/senders/server")
    cora.look("mail-server")


def test_what_came_of_a_mailing(visit: Visit, width: int) -> None:
    cora = visit(CORA)
    cora.open("/mailings?show=over")
    cora.page.get_by_role("link", name="Will you back the firewall?").first.click()
    cora.press("How far it came, and what became of each")
    cora.see("Taken by the mail server")
    cora.look("mailing-recipients")
    cora.press("Write a correction")
    cora.look("mailing-correction")
    cora.press(re.compile(r"^Write to the \d+ who got it"))
    cora.see("Say what was wrong.")
    expect(cora.page.get_by_role("textbox", name="Letter")).to_have_value(
        re.compile(r"\[SAY WHAT WAS WRONG\]")
    )
