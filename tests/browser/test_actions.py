"""Job 2: a branch and a local group act, change their plan and report; every partner sees the headlines."""

import pytest
from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor, today

from .conftest import Visit

NED = "officer@neu.example"
PAT = "organiser@praxis.example"
LUZ = "admin@lawrs.example"


def plan(visitor: Visitor, title: str, notes: str) -> None:
    visitor.go("Actions")
    visitor.press("Plan an action")
    visitor.page.get_by_label("What kind of action?").select_option(label="Street stall")
    visitor.fill("Title", title)
    visitor.fill("Day", today().isoformat())
    visitor.fill("Town or area", "Emberwick")
    visitor.fill("Notes for your own people", notes)
    visitor.press("Send in")


def change(visitor: Visitor, title: str) -> None:
    visitor.press("Change the plan")
    visitor.fill("Title", title)
    visitor.press("Save")
    expect(visitor.page.get_by_role("heading", level=1, name=title)).to_be_visible()


def report(visitor: Visitor) -> None:
    """Forty on the field, one by thumb."""
    visitor.fill("Pledges signed on paper", "40")
    visitor.page.get_by_role("button", name="One more: Pledges signed on paper").click()
    expect(visitor.field("Pledges signed on paper")).to_have_value("41")
    visitor.fill("People who took part", "12")
    visitor.fill("In one line: how did it go?", "Rain, and a queue all the same")
    visitor.press("Send the report")


def sees(visitor: Visitor, title: str) -> None:
    """Open the action from the list, as anyone of any partner may."""
    visitor.go("Actions")
    if visitor.page.get_by_role("link", name=title).count() == 0:
        visitor.page.get_by_role("link", name="Past", exact=True).click()
    visitor.page.get_by_role("link", name=title).first.click()
    expect(visitor.page.get_by_role("heading", level=1, name=title)).to_be_visible()
    for words in ("41", "pledges on paper", "Rain, and a queue all the same"):
        visitor.see(words)


@pytest.mark.parametrize(
    ("email", "place"), [(NED, "the school"), (PAT, "the library")], ids=["neu", "praxis"]
)
def test_planned_changed_and_reported_with_41_pledges(
    visit: Visit, width: int, email: str, place: str
) -> None:
    notes = f"Key is with the caretaker of {place}"
    person = visit(email)
    plan(person, f"Stall outside {place}, {width}", notes)
    person.see(notes)
    title = f"Stall beside {place}, {width}"
    change(person, title)
    if email == NED:
        person.look("action-planned")
    person.press("Report how it went")
    if email == NED:
        person.look("action-report")
    report(person)
    person.see("Reported")
    if email == NED:
        person.look("action-reported")
    partner = visit(LUZ)
    sees(partner, title)
    partner.not_see(notes)
    if email == NED:
        partner.look("action-as-a-partner")


def test_what_already_happened_is_one_form(visits: Visit) -> None:
    pat = visits(PAT, width=NARROW)
    pat.press("Report an action")
    pat.page.get_by_label("What kind of action?").select_option(label="Signing at work")
    pat.fill("Day", today().isoformat())
    pat.fill("Town or area", "Quayholm")
    pat.page.get_by_text("Title and times").click()
    pat.fill("Title", "Signing in the canteen of the clinic")
    pat.look("action-past")
    report(pat)
    sees(pat, "Signing in the canteen of the clinic")
