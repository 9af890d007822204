"""Contacts on a phone by day and at a desk in the dark: added in a minute, found as one types, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

PAT = "organiser@praxis.example"
ANA = "analyst@liberty.example"


@pytest.fixture
def scheme(width: int) -> str:
    return "light" if width == NARROW else "dark"


def add(visitor: Visitor, name: str, number: int) -> None:
    """Somebody met at a stall: a name, a phone, a second email that the script or the server makes room for."""
    visitor.go("Contacts")
    visitor.press("Add a contact")
    visitor.fill("Name", name)
    visitor.page.locator("[name=email-1-value]").fill(f"met.{number}@example.org")
    visitor.page.get_by_role("button", name="Add another email").click()
    visitor.page.locator("[name=email-2-value]").fill(f"second.{number}@example.org")
    visitor.page.locator("[name=phone-1-value]").fill(f"07700 {number}")
    visitor.page.locator("[name=address-1-postcode]").fill("ZA1 0AA")
    visitor.fill("Tags", "stall, speaker")


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "plain"])
def test_somebody_is_added_found_noted_and_archived(visit: Visit, scheme: str, scripted: bool) -> None:
    pat = visit(PAT, color_scheme=scheme, java_script_enabled=scripted)
    name = f"Rhŷs O’Testington {pat.width} {scripted}"
    pat.go("Contacts")
    pat.see("12 contacts" if not pat.page.get_by_text("Testington").count() else "contacts")
    pat.look(f"contacts-list-{scripted}")
    # Nobody's of the other runs: whoever has the same email and phone would be asked about.
    number = 900_400 + pat.width % 90 + scripted
    add(pat, name, number)
    pat.look(f"contacts-new-{scripted}")
    pat.press("Add the contact")
    pat.see("Added to your contacts")
    pat.see(f"second.{number}@example.org")
    pat.fill("Write a note", "Offered to bring the table.")
    pat.press("Keep the note")
    pat.see("Offered to bring the table.")
    pat.look(f"contacts-show-{scripted}")
    pat.page.get_by_role("link", name="Change", exact=True).click()
    pat.look(f"contacts-edit-{scripted}")
    pat.go("Contacts")
    search = pat.page.get_by_label("Name, postcode, email or phone")
    search.fill(f"rhys otest {pat.width}")
    if not scripted:
        pat.press("Show")
    found = pat.page.locator("#found").get_by_role("link", name=re.compile("Testington"))
    expect(pat.page.locator("#found-count")).to_have_text(re.compile(r"^[12] contacts?$"))
    expect(found.first).to_be_visible()
    pat.page.locator("#found").get_by_role("link", name=name).click()
    pat.press("Archive this contact")
    pat.see("Archived on")
    pat.look(f"contacts-archived-{scripted}")
    pat.press("Bring it back")
    pat.see("Back among your contacts")


def test_a_mistake_is_told_beside_the_field(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    pat.expect_refusal(422)
    pat.open("/contacts/new")
    pat.fill("Name", "Nobody in particular")
    pat.page.locator("[name=phone-1-value]").fill("123")
    pat.fill("Tags", "overstayers")
    pat.press("Add the contact")
    pat.see("too short or too long")
    expect(pat.page.locator("[name=tags]")).to_have_value("overstayers")
    pat.look("contacts-wrong")
    pat.page.locator("[name=phone-1-value]").fill("07700 900457")
    pat.press("Add the contact")
    pat.see("One thing to check first")
    pat.look("contacts-caution")


def test_an_analyst_sees_numbers(visit: Visit, scheme: str) -> None:
    ana = visit(ANA, color_scheme=scheme)
    ana.go("Contacts")
    ana.see("Your role sees numbers, not people.")
    ana.see("fewer than 10")
    ana.look("contacts-totals")


TABLE = "First name;Surname;Email;Mobile;Tags\nMabli;Imported {width};mabli.{width}@example.org;07700 900{n};stall\n;;x;;\n"


def test_a_file_is_looked_at_written_and_undone(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    pat.go("Contacts")
    pat.press("Import a file")
    content = TABLE.format(width=pat.width, n=500 + pat.width % 100)
    pat.page.get_by_label("CSV file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    pat.look("contacts-imports")
    pat.press("Look at it")
    pat.see("Write a name, or what they wish to be called.")
    pat.look("contacts-import")
    pat.press("Import one row")
    pat.see("Undo the whole file")
    pat.look("contacts-imported")
    pat.open(f"/contacts?q=mabli+{pat.width}")
    pat.see("1 contact")
    pat.page.go_back()
    pat.press("Undo this import")
    pat.see("Undone on")
    pat.open(f"/contacts?q=mabli+{pat.width}")
    pat.see("Nobody found")


def test_a_duplicate_is_found_merged_and_made_two_again(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    pat.go("Contacts")
    pat.press("Duplicates")
    pat.look("contacts-duplicates")
    pat.page.get_by_role("link", name=re.compile("^Compare")).first.click()
    pat.see("Choose what is kept where they differ")
    pat.look("contacts-merge")
    pat.press("Make them one")
    pat.see("They are one contact now")
    pat.look("contacts-merged")
    pat.press("Undo the merge")
    pat.see("They are two contacts again")
    pat.open("/contacts/duplicates/rules")
    pat.look("contacts-rules")


def test_what_a_file_left_out_appears_once_it_is_written(visit: Visit) -> None:
    pat = visit(PAT)
    pat.open("/contacts/imports")
    table = b"Name,Email\nImported Testington,imported.%d@example.org\nWrong,nowhere\n" % pat.width
    pat.page.locator("[name=file]").set_input_files(
        {"name": "new.csv", "mimeType": "text/csv", "buffer": table}
    )
    pat.press("Look at it")
    pat.see("What would happen")
    pat.press("Import one row")
    # The page asks every two seconds, and a worker may have other work first.
    main = pat.page.get_by_role("main")
    expect(main).to_contain_text("Rows that were left out", timeout=40_000)
    pat.press("Undo this import")
    expect(main).to_contain_text("Undone on", timeout=40_000)
    pat.see("Rows that were left out")
