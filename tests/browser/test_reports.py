"""A report from a phone in the street: under two minutes, and with the connection cut nothing is lost or twice."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.line import Line, line_to
from tests.support.live import NARROW, Visitor
from tests.support.paper import photograph
from tests.support.thumb import Thumb

from .conftest import Visit

# Somebody who has reported nothing yet.
NEW = "organiser@doctorsoftheworld.example"
MOST_SECONDS = 120


@pytest.fixture
def line(product: str) -> Iterator[Line]:
    with line_to(product) as line:
        yield line


def written(page: Page, town: str) -> Thumb:
    """From the first page to the button that sends: a stall with 41 signatures, two members and a photograph."""
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("main").get_by_role("link", name="Report an action"))
    page.wait_for_url("**/actions/report")
    thumb.choose(page.get_by_label("What kind of action?"), "Street stall")
    area = page.locator("input[name=area]")
    area.clear()
    thumb.type(area, town)
    thumb.type(page.locator("input[name=paper_pledges]"), "41")
    search = page.get_by_role("searchbox", name="Name or constituency")
    for letters in ("brambleb", "acorng"):
        thumb.type(search, letters)
        thumb.tap(page.locator("#met-found button").first)
    expect(page.locator("[data-met-name]:visible")).to_have_count(2)
    thumb.tap(page.get_by_label("Staff only").nth(1))
    thumb.photograph(page.locator("input[data-photo-camera]"), "stall.jpg", photograph())
    expect(page.locator("[data-photo-list] canvas")).to_have_count(1)
    thumb.tap(page.get_by_label("Everyone who can be recognised"))
    return thumb


def arrived(visitor: Visitor, town: str) -> None:
    """One action with one of each, as its own people see it."""
    page = visitor.page
    visitor.open(f"/actions?when=past&area={town}")
    expect(page.get_by_role("row").filter(has_text=town)).to_have_count(1)
    page.get_by_role("row").filter(has_text=town).get_by_role("link").first.click()
    visitor.see("pledges on paper")
    visitor.see("Go to the batch")
    expect(page.get_by_role("link", name=re.compile("Say more in the log"))).to_have_count(2)
    expect(page.locator(".photos__list img")).to_have_count(1)
    visitor.see("may be shown")
    visitor.open("/contact-log")
    log = page.locator(".log-headline")
    expect(log.filter(has_text=f"Met at “Street stall”, {town}")).to_have_count(1)
    expect(log.filter(has_text=f"Met their staff at “Street stall”, {town}")).to_have_count(1)


def test_reported_in_under_two_minutes(visit: Visit, width: int) -> None:
    visitor = visit(NEW)
    page, town = visitor.page, f"Larkmoor {width}"
    visitor.open("/")
    thumb = written(page, town)
    visitor.look("report-written")
    send = page.get_by_role("button", name="Send the report")
    with page.expect_navigation(url=re.compile(r"/actions/[0-9a-f-]{36}\?saved=past")):
        thumb.tap(send)
    print(
        f"\n{width} px: {thumb.taps} taps, {thumb.characters} characters, {thumb.swipes} swipes: {thumb.seconds:.0f} s"
    )
    assert thumb.seconds < MOST_SECONDS / 2, thumb
    visitor.look("report-sent")
    arrived(visitor, town)
    visitor.open("/actions/report")
    expect(page.locator("input[name=paper_pledges]")).to_have_value("")
    expect(page.locator("[data-photo-list] canvas")).to_have_count(0)


def test_cut_off_in_the_middle_nothing_is_lost_and_nothing_twice(chromium: Browser, line: Line) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 720}, locale="en-GB")
    visitor = Visitor(context, context.new_page(), line.address, NEW, NARROW)
    page, town = visitor.page, "Cutwick"
    visitor.sign_in(NEW)
    visitor.open("/")
    thumb = written(page, town)
    # The server has it, and its answer is lost; the browser asks again by itself, and every answer is lost.
    line.beginning, line.lose = b"POST /actions/report", 99
    thumb.tap(page.get_by_role("button", name="Send the report"))
    visitor.see("Kept on this phone: Street stall")
    visitor.look("report-kept")
    assert line.lost >= 1
    line.cut()
    page.get_by_role("button", name="Send now").click()
    visitor.see("No signal")
    # The phone goes dark, and the page with it. What was kept is there on any page when there is signal again.
    line.mend()
    line.lose = 0
    visitor.open("/targets")
    visitor.see("Sent: Street stall")
    assert thumb.seconds < MOST_SECONDS / 2, thumb
    arrived(visitor, town)
    assert (
        page.evaluate("localStorage.getItem('reports-waiting')") is None
        or not page.locator("[data-kept]").count()
    )
    context.close()


def test_with_no_signal_at_all_a_name_is_found_and_the_photograph_survives_a_reload(visits: Visit) -> None:
    visitor = visits(NEW, width=NARROW)
    page, town = visitor.page, "Darkwater"
    visitor.open("/actions/report")
    page.wait_for_load_state("networkidle")
    visitor.context.set_offline(True)
    page.get_by_label("What kind of action?").select_option(label="Street stall")
    page.locator("input[name=area]").fill(town)
    page.locator("input[name=paper_pledges]").fill("41")
    page.get_by_role("searchbox", name="Name or constituency").press_sequentially("brambleb")
    page.locator("#met-found button").first.click()
    page.locator("input[data-photo-camera]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph("green")}
    )
    expect(page.locator("[data-photo-list] canvas")).to_have_count(1)
    visitor.await_value("Object.values(localStorage).some((draft) => draft.includes('Darkwater'))")
    visitor.context.set_offline(False)
    visitor.open("/actions/report")
    expect(page.locator("input[name=area]")).to_have_value(town)
    expect(page.locator("[data-photo-list] canvas")).to_have_count(1)
    expect(page.locator("[data-met-name]:visible")).to_have_count(1)
    visitor.press("Send the report")
    page.wait_for_url(re.compile(r"/actions/[0-9a-f-]{36}"))
    expect(page.locator(".photos__list img")).to_have_count(1)
    visitor.trouble[:] = [one for one in visitor.trouble if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_mailed_question_takes_numbers_members_and_a_photograph_through_a_cut(
    chromium: Browser, line: Line, product: str
) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 720}, locale="en-GB")
    visitor = Visitor(context, context.new_page(), product, "someone", NARROW)
    visitor.read_mail("How did it go?")
    link = re.search(r"/actions/after/\S+", visitor.page.get_by_role("main").inner_text())
    assert link
    visitor.page.goto(line.address + link.group())
    page, thumb = visitor.page, Thumb(visitor.page)
    thumb.type(page.locator("input[name=paper_pledges]"), "41")
    for letters in ("brambleb", "acorng"):
        thumb.type(page.get_by_role("searchbox", name="Name or constituency"), letters)
        thumb.tap(page.locator("#met-found button").first)
    thumb.photograph(page.locator("input[data-photo-camera]"), "stall.jpg", photograph())
    expect(page.locator("[data-photo-list] canvas")).to_have_count(1)
    thumb.tap(page.get_by_label("Everyone who can be recognised"))
    visitor.look("after-written")
    # The answer is lost, then the line: what waits happened, so the page offers no other answer.
    line.beginning, line.lose = b"POST /actions/after", 99
    thumb.tap(page.get_by_role("button", name="It happened"))
    visitor.see("Kept on this phone")
    line.cut()
    expect(page.get_by_role("button", name="It did not happen")).to_be_hidden()
    line.mend()
    line.lose = 0
    page.get_by_role("button", name="Send now").click()
    visitor.see("Thank you. It is reported.")
    visitor.see("41")
    print(f"\n{thumb.taps} taps, {thumb.characters} characters, {thumb.swipes} swipes: {thumb.seconds:.0f} s")
    assert thumb.seconds < MOST_SECONDS / 2, thumb
    context.close()
