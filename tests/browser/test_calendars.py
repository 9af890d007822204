"""The calendar on a phone and at a desk: by axe, by keyboard, and an address that is shown once."""

import re

from playwright.sync_api import expect

from tests.support.live import Visitor

from .conftest import Visit

NOOR = "organiser@neu.example"


def walk(visitor: Visitor) -> None:
    """Arrow keys lead from day to day, in the small grid as in the large one."""
    # Of the two grids one is shown; its first day with a link is where the walk begins.
    days = visitor.page.locator("[data-days] a[data-day]:visible")
    days.first.focus()
    first = days.first.get_attribute("data-day")
    visitor.page.keyboard.press("ArrowRight")
    here = visitor.page.evaluate("document.activeElement.dataset.day")
    assert here > first
    visitor.page.keyboard.press("Home")
    assert visitor.page.evaluate("document.activeElement.dataset.day") == first


def test_the_calendar_by_eye_axe_and_keyboard(visit: Visit) -> None:
    visitor = visit(NOOR)
    visitor.open("/calendar")
    visitor.look("calendar-month")
    expect(visitor.page.locator(".mini")).to_be_visible(visible=visitor.is_narrow)
    walk(visitor)
    title = visitor.page.locator("h1").inner_text()
    visitor.page.keyboard.press("n")
    expect(visitor.page.locator("h1")).not_to_have_text(title)
    for name, path in {
        "week": "/calendar?view=week",
        "list": "/calendar?view=list",
        "map": "/calendar/map?when=past",
        "near": "/calendar/near?postcode=ZA1+0AA",
    }.items():
        visitor.open(path)
        visitor.look(f"calendar-{name}")
    visitor.open("/calendar/feeds")
    visitor.page.get_by_label("Which actions?").select_option(label="All of NEU’s actions")
    visitor.fill("Where will you use it?", "My phone")
    visitor.press("Make the address")
    address = visitor.page.locator(".feed-shown code").inner_text()
    assert re.search(r"/calendar/feeds/[\w-]{43}\.ics$", address)
    visitor.look("calendar-feed-shown")
    assert visitor.page.request.get(address).text().startswith("BEGIN:VCALENDAR")
    visitor.open("/calendar/feeds")
    visitor.see("My phone")
    assert address not in visitor.page.content()
