"""A branch prepares an open meeting on a phone, and an administrator approves what they saw."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.support.live import today

from .conftest import Visit

NED = "officer@neu.example"
NELL = "admin@neu.example"


def test_an_open_meeting_is_prepared_and_approved_from_the_queue(visit: Visit, width: int) -> None:
    title = f"Open evening, {width}"
    person = visit(NED)
    person.go("Actions")
    person.press("Plan an action")
    person.page.get_by_label("What kind of action?").select_option(label="Public meeting")
    person.fill("Title", title)
    person.fill("Day", (today() + timedelta(days=9)).isoformat())
    person.fill("Town or area", "Emberwick")
    person.page.get_by_label("Anyone may come").check()
    person.look("action-plan")
    person.press("Send in")
    person.press("Open the preparation")
    person.see("nobody has gone through them yet")
    admin = visit(NELL)
    admin.open("/actions/approvals")
    admin.see("Nobody has gone through them")
    admin.look("action-approvals-untouched")
    person.page.get_by_label("Book the room and know how many it holds").check()
    person.press("Save the ticks")
    person.page.get_by_label("Task", exact=True).select_option(label="Steward")
    person.fill("Or somebody by name", "Invented Ines")
    person.press("Note it")
    person.look("action-preparation")
    person.press("Go through the risks")
    person.page.get_by_label("Who sees to it").first.fill("Ines and Femi")
    person.look("action-risks")
    person.press("Save the risk assessment")
    person.see("Ines and Femi")

    admin.go("Actions")
    admin.page.get_by_role("link", name="All that waits, several at once").click()
    admin.page.get_by_label(title, exact=True).check()
    admin.look("action-approvals")
    admin.press("Approve those ticked")
    expect(admin.page.get_by_role("link", name=title)).to_have_count(0)
