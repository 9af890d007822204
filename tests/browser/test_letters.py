"""Someone writes to their own MP in their own words, confirms by mail, and takes another letter back; staff see counts."""

import re

from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

NELL = "admin@neu.example"
PAGE = "/write/neu/safe-schools"
QUICK = "That was very quick. Press the button again."
OWN = (
    "I have walked past this school every morning for eleven years, and this autumn the gate is quieter. "
    "Two mothers told me that they no longer hand in forms, because nobody can say who reads them."
)


def find_mp(visitor: Visitor, postcode: str = "ZA1 0AA") -> None:
    visitor.open(PAGE)
    visitor.fill("Your postcode", postcode)
    visitor.press("Find my MP")
    visitor.see("Questions to write by")


def fill(visitor: Visitor, name: str, email: str, body: str) -> None:
    visitor.fill("Your letter", body)
    visitor.fill("Your name", name)
    visitor.fill("Your address, without the postcode", "12 Invented Row\nStoryville")
    visitor.fill("Email address", email)


def read_through(visitor: Visitor) -> None:
    """Press on; a machine is faster than the form believes of a person, and is then asked once more."""
    visitor.expect_refusal(422)
    visitor.press("Read it through")
    while visitor.page.get_by_text(QUICK).count():
        # Asking without a pause would meet the limit for one connection.
        visitor.page.wait_for_timeout(1000)
        visitor.press("Read it through")


def test_someone_writes_confirms_and_it_leaves(visit: Visit, width: int) -> None:
    name, email = f"Wren Reader {width}", f"wren.letters.{width}@example.org"
    writer = visit()
    writer.open(PAGE)
    writer.see("Before you write")
    writer.look("letters-start")
    find_mp(writer)
    writer.look("letters-write")
    fill(writer, name, email, f"{OWN} One of them has no papers.")
    read_through(writer)
    writer.see("Please look at these words once more")
    writer.look("letters-caution")
    fill(writer, name, email, OWN)
    writer.press("Read it through again")
    writer.see("Dear ")
    writer.see("12 Invented Row")
    writer.not_see("Please look at these words once more")
    writer.look("letters-read")
    writer.press("Send me the email to confirm")
    writer.see("Now look in your inbox")
    writer.look("letters-sent")
    writer.read_mail(email)
    writer.page.get_by_role("main").get_by_role("link", name=re.compile("^http")).first.click()
    writer.see("One press, and it is on its way")
    writer.look("letters-confirm")
    writer.press("Send my letter")
    writer.see("Your letter")
    link = writer.page.url.removeprefix(writer.address)
    writer.await_page(link, lambda page: page.get_by_text("It has left.").count() > 0)
    writer.look("letters-left")
    writer.open("/advice")
    writer.look("letters-advice")

    nell = visit(NELL)
    nell.go("Mailings")
    nell.press("Letters from constituents")
    nell.look("letters-pages")
    nell.page.get_by_role("link", name=re.compile("Tell your MP: a school")).click()
    nell.see("By constituency")
    nell.not_see(name)
    nell.not_see(email)
    nell.look("letters-page")
    nell.press("Pass an answer on")
    nell.look("letters-answer-new")
    nell.page.get_by_label("Whose answer it is").select_option(index=1)
    nell.fill("The answer", "Thank you for writing. I will ask for that promise.")
    nell.choose("It holds nothing about any one person")
    nell.press("Take it down")
    nell.see("You took it down, so another person has to read it.")
    nell.look("letters-answer")
    nell.press("Throw it away")
    nell.see("What became of the letters")


def test_the_whole_way_without_javascript(visits: Visit) -> None:
    email = "sam.noscript@example.org"
    writer = visits(width=NARROW, java_script_enabled=False)
    find_mp(writer, "ZA1 1AA")
    fill(writer, "Sam Noscript", email, OWN)
    read_through(writer)
    writer.press("Send me the email to confirm")
    writer.see("Now look in your inbox")
    writer.read_mail(email)
    writer.page.get_by_role("main").get_by_role("link", name=re.compile("^http")).first.click()
    writer.press("Erase it")
    writer.see("It is gone")


def test_in_the_dark_and_with_no_mp(visits: Visit) -> None:
    for width in (NARROW, 1280):
        writer = visits(width=width, color_scheme="dark")
        writer.open(PAGE)
        writer.look("letters-start-dark")
        writer.expect_refusal(422)
        writer.fill("Your postcode", "BT1 1AA")
        writer.press("Find my MP")
        writer.see("covers Great Britain only")
        writer.look("letters-nobody-dark")
        find_mp(writer)
        fill(writer, "Dusk Reader", "dusk@example.org", OWN)
        read_through(writer)
        expect(writer.page.get_by_role("heading", name="Read it through")).to_be_visible()
        writer.look("letters-read-dark")


def test_a_member_of_staff_drafts_a_page(visits: Visit) -> None:
    noor = visits("organiser@neu.example", width=1280)
    noor.open("/letters/new")
    noor.look("letters-new")
    noor.fill("Title", "Tell your MP: say it in the debate")
    noor.fill("Short address", "say-it")
    noor.fill("Introduction", "A debate is coming.")
    noor.fill("Questions to write by", "What have you seen?")
    noor.fill("Suggested subject", "The debate")
    noor.press("Save")
    noor.see("The coordinator or an administrator opens it.")
    noor.look("letters-draft")
