"""One action put to many units: an organiser asks, an officer answers by thumb without signing in, the grid tells it."""

import re

from playwright.sync_api import expect

from tests.support.live import today

from .conftest import Visit

NOOR = "organiser@neu.example"
NED = "officer@neu.example"


def test_asked_answered_by_thumb_and_seen_in_the_grid(visit: Visit, width: int) -> None:
    organiser = visit(NOOR)
    title = f"Leaflets at the gates, {width}"
    organiser.open("/actions/calls")
    organiser.look("calls")
    organiser.press("Ask your branches")
    organiser.fill("Title", title)
    organiser.fill("The one question", "Can you leaflet at the gates next week?")
    organiser.fill("Answer by", today().isoformat())
    organiser.press("Go on to the branches")
    organiser.look("calls-branches")
    organiser.press("Save the choice")
    organiser.see("As the first of them gets it")
    organiser.look("calls-draft")
    organiser.press(re.compile(r"Put it to \d+ branches"))
    organiser.see("The mail has not left yet")

    officer = visit(NED)
    officer.open("/actions/calls")
    link = officer.page.get_by_role("link", name=title).get_attribute("href")
    assert link
    thumb = visit()
    thumb.open(link)
    thumb.look("calls-answer")
    for label in ("Doing it", "Not us", "Need help"):
        box = thumb.page.get_by_role("button", name=label).bounding_box()
        assert box is not None
        assert box["height"] >= 44
    thumb.press("Need help")
    expect(thumb.page.get_by_role("heading", level=1)).to_have_text("Thank you. Somebody will be in touch.")

    organiser.open("/")
    organiser.see(f"Northmoor District: {title}")
    organiser.page.get_by_role("link", name=f"Northmoor District: {title}").click()
    organiser.look("calls-branch")
    organiser.press("Seen to")
    organiser.page.get_by_role("link", name=title).first.click()
    organiser.look("calls-grid")
    organiser.press("Remind the silent")
    organiser.look("calls-remind")
