"""Somebody finds a lobby day on a phone, signs up, confirms by mail; an organiser puts them into a meeting by keyboard alone."""

import re

from playwright.sync_api import expect

from .conftest import Visit

NOOR = "organiser@neu.example"
LOBBY = "Teachers meet their MPs"


def test_from_the_list_to_a_meeting(visit: Visit, width: int) -> None:
    name, email = f"Wren Walker {width}", f"wren.walks.{width}@example.org"
    guest = visit()
    guest.open("/take-part")
    guest.look("take-part-list")
    guest.press(LOBBY)
    guest.see("holds what you write here, and nobody else")
    guest.fill("Your name", name)
    guest.fill("Email address", email)
    guest.fill("Postcode", "ZA1 0AA")
    guest.page.get_by_label("I agree that").check()
    guest.look("take-part-action")
    # A machine is faster than the form believes of a person.
    guest.page.wait_for_timeout(2100)
    guest.press("Send me the email to confirm")
    guest.see("Now look in your inbox")
    guest.look("take-part-sent")
    guest.read_mail(email)
    guest.page.get_by_role("main").get_by_role("link", name=re.compile("^http")).first.click()
    guest.see("One press, and you are on the list")
    guest.look("take-part-confirm")
    guest.press("Yes, I’m coming")
    guest.see("You have a place")
    guest.see("Your MP:")
    guest.look("take-part-place")
    assert guest.page.context.cookies() == []

    noor = visit(NOOR)
    noor.open("/actions/taking-part")
    noor.look("taking-part-staff")
    noor.press(LOBBY)
    noor.see(name)
    noor.look("taking-part-people")
    noor.press("Meetings with MPs")
    noor.look("taking-part-meetings")
    noor.press("Set a meeting")
    noor.look("taking-part-slot")
    noor.press("Cancel")
    section = noor.page.locator("section").filter(has=noor.page.get_by_label(re.compile(name))).first
    section.get_by_label(re.compile(name)).focus()
    noor.page.keyboard.press("Space")
    section.get_by_role("combobox").focus()
    noor.page.keyboard.press("Tab")
    noor.page.keyboard.press("Enter")
    noor.see("One person was moved.")
    meeting = noor.page.get_by_role("group").filter(has=noor.page.get_by_label(re.compile(name)))
    expect(meeting.get_by_role("link", name="Change this meeting")).to_be_visible()
