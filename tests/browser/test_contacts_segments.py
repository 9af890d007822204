"""A segment built as one picks, with the number moving along, used, and its people tagged: on a phone by day, at a desk in the dark."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.live import NARROW

from .conftest import Visit

PAT = "organiser@praxis.example"


@pytest.fixture
def scheme(width: int) -> str:
    return "light" if width == NARROW else "dark"


def test_a_segment_is_built_counted_saved_and_its_people_tagged(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    page = pat.page
    pat.open("/contacts/segments/new")
    count = page.locator(".said__count b")
    expect(count).to_have_text(re.compile(r"^\d+$"))
    everybody = int(count.inner_text())
    page.get_by_label("What to ask").select_option(label="Sector")
    page.get_by_role("button", name="Ask this").click()
    expect(page.locator("#operator-0-0")).to_be_focused()
    expect(page.get_by_text("One condition is not finished")).to_be_visible()
    page.locator("#value-0-0").select_option(label="Education")
    expect(page.locator(".said__words")).to_contain_text("sector: Education")
    expect(count).not_to_have_text(str(everybody))
    found = int(count.inner_text())
    page.get_by_role("button", name="Add a group").click()
    page.locator("#add-0-1").select_option(label="Name")
    page.locator("#do-add-0-1").click()
    # The new condition takes the cursor; what is typed before would go there.
    expect(page.locator("#operator-0-1-0")).to_be_focused()
    page.locator("#value-0-1-0").press_sequentially("zzz")
    expect(page.locator(".said__count b")).to_have_text("0")
    page.locator("#mode-0-1").select_option(label="none of these")
    expect(page.locator(".said__count b")).to_have_text(str(found))
    # From words to days: the field that takes them changes with it.
    page.locator("#add-0-1").select_option(label="Added")
    page.locator("#do-add-0-1").click()
    expect(page.locator("#operator-0-1-1")).to_be_focused()
    page.locator("#operator-0-1-1").select_option(label="before")
    expect(page.locator("#value-0-1-1")).to_have_attribute("type", "date")
    page.locator("#value-0-1-1").fill("2020-01-31")
    expect(page.locator(".said__words")).to_contain_text("before 31 January 2020")
    pat.look("contacts-segment")
    name = f"Teachers {pat.width}"
    # What is typed asks for the count again; left in the middle of that, the browser would tell of a request cut off.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        pat.fill("Name of the segment", name)
    pat.press("Save the segment")
    expect(page.locator("#found-count")).to_have_text(re.compile(rf"^{found} contacts?$"))
    pat.look("contacts-in-segment")
    page.get_by_text("Tag or assign them together", exact=True).click()
    page.locator("#new_tag").fill(f"taught {pat.width}")
    pat.press("Look before you do it")
    pat.see(f"taught {pat.width}")
    pat.look("contacts-before-tagging")
    pat.press("Do it")
    pat.press("Undo all of it")
    pat.see("Undone for")
    pat.look("contacts-tagged")
    pat.open("/contacts/segments")
    pat.look("contacts-segments")
    page.get_by_role("button", name=f"Archive {name}").click()
    pat.see("is archived")
    pat.press("Bring it back")
    pat.see("The segment is back")
    pat.open("/contacts/fields")
    pat.look("contacts-fields")
