"""Two partners press "Reserve" for the same member at the same instant: one holds the days, the other reads who, and joins."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, expect

from tests.support.live import NARROW, Visitor, today

from .conftest import Visit

PAT = "organiser@praxis.example"
NOOR = "organiser@neu.example"
NAMES = {PAT: "Praxis", NOOR: "NEU"}
ROUNDS = 10
ROW = 40
HELD = re.compile(r"/approaches/[0-9a-f-]{36}(\?|$)")


def choose_member(visitor: Visitor) -> str:
    """The address of a member whom no other journey approaches."""
    visitor.open("/representatives")
    link = visitor.page.locator("#found").get_by_role("rowheader").nth(ROW).get_by_role("link")
    return str(link.get_attribute("href")).rpartition("/")[2]


def fill_in(visitor: Visitor, person: str, day: str, purpose: str) -> Locator:
    """The whole form but its last press."""
    visitor.open(f"/approaches/new?person={person}")
    visitor.choose("Meeting")
    visitor.fill("Hold them from", day)
    visitor.fill("Until", day)
    visitor.fill("What is it for?", purpose)
    return visitor.page.get_by_role("main").get_by_role("button", name="Reserve", exact=True)


def reserve(visitor: Visitor, button: Locator) -> bool:
    """Wait for the answer; a full budget is answered with a reason, once. Whether the days are theirs."""
    page = visitor.page
    clash = page.get_by_role("heading", name="These days are reserved already")
    reason = page.get_by_label("Why is this one worth it?")
    done = page.get_by_role("heading", name="What happened", exact=True)
    expect(clash.or_(reason).or_(done).first).to_be_visible()
    if clash.count() == 0 and reason.count():
        reason.fill("Two partners meet in a test")
        button.click()
        expect(clash.or_(done).first).to_be_visible()
    return clash.count() == 0


def press_together(visitors: list[Visitor], buttons: list[Locator]) -> None:
    """Both pages send at one moment of the clock that they share."""
    moment = visitors[0].page.evaluate("Date.now()") + 300
    for button in buttons:
        button.evaluate("(one, at) => { setTimeout(() => one.click(), at - Date.now()) }", moment)


def test_one_holds_the_days_and_the_other_joins(visits: Visit) -> None:
    both = [visits(PAT, width=NARROW), visits(NOOR, width=1280)]
    for one in both:
        one.expect_refusal(409, 422)
    person = choose_member(both[0])
    for number in range(ROUNDS):
        day = (today() + timedelta(days=20 + number)).isoformat()
        buttons = [fill_in(one, person, day, f"Talk {number} of {NAMES[one.name]}") for one in both]
        press_together(both, buttons)
        won = [reserve(one, button) for one, button in zip(both, buttons, strict=True)]
        assert sorted(won) == [False, True], (number, [one.page.url for one in both])
        holder, other = (both[0], both[1]) if won[0] else (both[1], both[0])
        assert HELD.search(holder.page.url)
        name = NAMES[holder.name]
        other.see(f"{name} holds them")
        expect(other.page.locator(f'.clash time[datetime="{day}"]').first).to_be_visible()
        expect(other.page.get_by_label("What is it for?")).to_have_value(
            f"Talk {number} of {NAMES[other.name]}"
        )
        expect(other.page.get_by_role("button", name=f"Ask {name} to join")).to_be_visible()
    other.look("approach-clash")
    with other.page.expect_navigation():
        other.page.get_by_role("button", name=f"Ask {name} to join").click()
    holder.page.reload()
    holder.see(f"{NAMES[other.name]} asks to join")
    holder.look("approach-asked-to-join")
    holder.press("Take them along")
    holder.see(NAMES[other.name])
    holder.not_see(f"{NAMES[other.name]} asks to join")
    other.open(holder.page.url)
    other.see("You are with them.")
    other.look("approach-joined")
