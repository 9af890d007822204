"""A representative's signature in a real browser: found, recorded with what shows it, read by the public, taken back."""

import re

from playwright.sync_api import expect

from .conftest import Visit

ORGANISER = "organiser@lawrs.example"
PUBLIC = "/pledge/care-dont-share/representatives"


def test_an_invented_member_signs_and_it_is_taken_back(visit: Visit, width: int) -> None:
    reader = visit()
    reader.open(PUBLIC)
    reader.see("No elected representative is named here yet.")
    organiser = visit(ORGANISER)
    organiser.open("/pledges/representatives")
    organiser.look("representatives-empty")
    organiser.page.get_by_role("link", name="Record a signature").click()
    organiser.fill("Name or constituency", "a")
    organiser.press("Find")
    organiser.look("representatives-whose")
    found = organiser.page.locator(".plain-list a").first
    name = found.inner_text()
    found.click()
    organiser.see(f"{name} signed")
    organiser.expect_refusal(422)
    organiser.press("Record it")
    organiser.see("Give a link, or say in a line what shows it.")
    organiser.fill("Or in a line", "Signed the large board at our stall")
    organiser.look("representatives-evidence")
    organiser.press("Record it")
    organiser.see("It stands on their page as a promise delivered")
    organiser.look("representatives-recorded")
    reader.open(PUBLIC)
    reader.see("1 elected representative has signed.")
    expect(reader.page.get_by_text(name, exact=True)).to_be_visible()
    reader.look("representatives-public")
    reader.open("/pledge/care-dont-share")
    reader.look("pledge-with-lists")
    dark = visit(color_scheme="dark")
    dark.open(PUBLIC)
    dark.look("representatives-public-dark")
    organiser.page.get_by_role("button", name=re.compile("Recorded by mistake")).click()
    organiser.see("Taken back. The promise is what it was before.")
    reader.open(PUBLIC)
    reader.see("No elected representative is named here yet.")
