"""Job 1: find a member, log what was said. Partners see the headline, never the note."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

PAT = "organiser@praxis.example"
NOOR = "organiser@neu.example"
NED = "officer@neu.example"
# Rows of the list of representatives, so that no two journeys meet the same member.
ROWS = {NARROW: 3, 1280: 7}


def found(visitor: Visitor) -> Locator:
    return visitor.page.locator("#found").get_by_role("row")


def someone(visitor: Visitor, row: int) -> tuple[str, str]:
    """A member's name and constituency, as the list shows them."""
    visitor.go("Representatives")
    chosen = found(visitor).nth(row)
    expect(chosen).to_be_visible()
    return chosen.get_by_role("rowheader").inner_text(), chosen.get_by_role("cell").first.inner_text()


def find(visitor: Visitor, words: str, name: str, *, scripted: bool = True) -> None:
    """Type into the search until the member is among the found."""
    everyone = visitor.page.locator("#found").get_by_text(re.compile(r"^\d+ people"))
    before = everyone.inner_text()
    visitor.fill("Name or constituency", words)
    if not scripted:
        visitor.press("Show")
    # Typed letters narrow the list by themselves.
    expect(visitor.page.locator("#found")).not_to_contain_text(before)
    expect(found(visitor).filter(has_text=name)).to_have_count(1)


def open_target(visitor: Visitor, words: str, name: str, *, scripted: bool = True) -> None:
    visitor.go("Representatives")
    find(visitor, words, name, scripted=scripted)
    visitor.page.get_by_role("link", name=name, exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def write_contact(visitor: Visitor, headline: str, note: str) -> None:
    visitor.choose("Surgery")
    visitor.fill("Headline", headline)
    visitor.fill("Private note", note)
    visitor.page.get_by_text("Ask and position", exact=True).click()
    visitor.page.get_by_label("Which ask did you raise?").select_option(index=1)
    visitor.choose("Supporter")
    visitor.fill("What will you do next?", f"Send the briefing about {headline}")


@pytest.mark.parametrize(
    ("width", "scripted"),
    [(NARROW, True), (1280, True), (NARROW, False)],
    ids=["320px", "1280px", "320px-without-javascript"],
)
def test_pat_logs_a_contact_and_neu_reads_its_headline_only(
    visits: Visit, width: int, scripted: bool
) -> None:
    row = ROWS[width] + (0 if scripted else 8)
    mark = uuid.uuid4().hex[:8]
    headline, note = f"Said yes to the firewall {mark}", f"Was tired and spoke of their sister {mark}"
    picture = "contact" if scripted else "contact-plain"

    pat = visits(PAT, width=width, java_script_enabled=scripted)
    name, constituency = someone(pat, row)
    find(pat, name[:3], name, scripted=scripted)
    pat.look(f"{picture}-found")
    open_target(pat, constituency, name, scripted=scripted)
    pat.press("Log a contact")
    write_contact(pat, headline, note)
    pat.look(f"{picture}-form")
    pat.press("Log it")
    pat.see("Logged")
    for words in (headline, note, "Supporter"):
        pat.see(words)
    pat.look(f"{picture}-logged")
    pat.open("/follow-ups")
    pat.see(f"Send the briefing about {headline}")

    for person in (NOOR, NED):
        reader = visits(person, width=width, java_script_enabled=scripted)
        open_target(reader, name, name, scripted=scripted)
        reader.see(headline)
        reader.see("Supporter")
        reader.not_see(note)
        reader.not_see("Send the briefing")
        if person == NED and scripted:
            reader.look("contact-as-a-partner")
        reader.open(f"/contact-log?q=sister+{mark}")
        reader.not_see(headline)


def test_the_keyboard_alone_signs_in_and_logs(visits: Visit) -> None:
    visitor = visits(width=1280)
    visitor.open("/sign-in")
    keys = visitor.page.keyboard
    focused = visitor.page.locator(":focus")

    def tab_to(field: Locator) -> None:
        for _ in range(60):
            keys.press("Tab")
            if field.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(
            f"Tab does not reach it; the focus is on {focused.evaluate('(f) => f.outerHTML')}"
        )

    tab_to(visitor.page.get_by_label("Email address"))
    keys.type(PAT)
    tab_to(visitor.page.get_by_label("Password"))
    keys.type("care-dont-share")
    keys.press("Enter")
    visitor.page.wait_for_url(f"{visitor.address}/")
    keys.press("l")
    visitor.page.wait_for_url("**/contact-log/new**")
    member = visitor.page.get_by_role("combobox", name="Who did you contact?")
    tab_to(member)
    keys.type("bram")
    expect(visitor.page.get_by_role("option").first).to_be_visible()
    visitor.look("keyboard-suggestions")
    keys.press("ArrowDown")
    keys.press("Enter")
    tab_to(visitor.page.get_by_label("Meeting", exact=True))
    keys.press("Space")
    tab_to(visitor.page.get_by_role("textbox", name="Headline"))
    keys.type("Logged without a mouse")
    tab_to(visitor.page.get_by_role("button", name="Log it"))
    visitor.look("keyboard-form")
    keys.press("Enter")
    visitor.see("Logged without a mouse")
    visitor.see("only Praxis can see the note and the follow-up")


def test_what_was_typed_outlives_the_session(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    visitor.open("/contact-log/new")
    visitor.fill("Headline", "Half a sentence, then the bell rang")
    visitor.await_value("Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    visitor.context.clear_cookies()
    visitor.open("/contact-log/new")
    assert "/sign-in" in visitor.page.url
    visitor.sign_in(PAT)
    assert visitor.page.url.endswith("/contact-log/new")
    expect(visitor.page.get_by_role("textbox", name="Headline")).to_have_value(
        "Half a sentence, then the bell rang"
    )
    visitor.see("What you typed earlier is back.")
    visitor.look("draft-restored")
    visitor.page.get_by_role("button", name="Discard it").click()
    expect(visitor.page.get_by_role("textbox", name="Headline")).to_have_value("")


def test_every_part_of_the_form_outlives_a_session_that_the_server_ended(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    visitor.open("/contact-log/new")
    visitor.choose("Call")
    visitor.fill("Headline", "Said much, then the line broke")
    visitor.fill("Private note", "Every word of it")
    page.get_by_text("Ask and position", exact=True).click()
    page.get_by_label("Which ask did you raise?").select_option(index=1)
    page.get_by_role("button", name="Add another ask").click()
    page.get_by_label("Which ask did you raise? (2)").select_option(index=2)
    page.get_by_text("Promise", exact=True).click()
    page.get_by_label("What did they promise?").select_option(label="Ask a written question")
    page.get_by_role("button", name="Add another promise").click()
    page.get_by_label("In their words (2)").fill("We will come and see")
    visitor.fill("What will you do next?", "First task")
    for number, task in ((2, "Second task"), (3, "Third task")):
        page.get_by_role("button", name="Add another follow-up").click()
        page.get_by_label(f"What will you do next? ({number})").fill(task)
    visitor.look("every-part")
    visitor.await_value("JSON.stringify(localStorage).includes('Third task')")
    # The session is over while the form is sent: it is refused, and nothing is kept but on the device.
    visitor.context.clear_cookies()
    visitor.expect_refusal(400)
    visitor.press("Log it")
    visitor.open("/contact-log/new")
    assert "/sign-in" in page.url
    visitor.sign_in(PAT)
    assert page.url.endswith("/contact-log/new")
    visitor.see("What you typed earlier is back.")
    expect(page.get_by_label("Call", exact=True)).to_be_checked()
    for label, words in (
        ("Headline", "Said much, then the line broke"),
        ("Private note", "Every word of it"),
        ("In their words (2)", "We will come and see"),
        ("What will you do next? (2)", "Second task"),
        ("What will you do next? (3)", "Third task"),
    ):
        field = page.get_by_role("textbox", name=label)
        expect(field).to_be_visible()
        expect(field).to_have_value(words)
    assert page.get_by_label("Which ask did you raise? (2)").evaluate("(one) => one.selectedIndex") == 2
    expect(page.get_by_label("What did they promise?").first).to_have_value("written_question")


def test_a_meeting_with_promise_and_follow_up_takes_at_most_ten_interactions(visits: Visit) -> None:
    """From home, on a phone. Typing into one field, or a tap, is one interaction."""
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    visitor.open("/")
    mark = uuid.uuid4().hex[:8]
    page.get_by_role("link", name="Log", exact=True).last.click()
    page.get_by_role("combobox", name="Who did you contact?").fill("bram")
    page.get_by_role("option").first.click()
    visitor.choose("Meeting")
    visitor.fill("Headline", f"Will ask a question {mark}")
    visitor.fill("Private note", "Warm")
    page.get_by_text("Promise", exact=True).click()
    page.get_by_label("What did they promise?").select_option(index=4)
    visitor.fill("What will you do next?", "Send wording")
    visitor.press("Log it")
    visitor.see(f"Will ask a question {mark}")
    assert page.url == f"{visitor.address}/"


def test_history_and_promotion_in_a_browser(visits: Visit, width: int) -> None:
    visitor = visits(PAT, width=width)
    mark = uuid.uuid4().hex[:8]
    visitor.open("/contact-log/new?member=bram")
    visitor.page.get_by_role("radio").first.check()
    visitor.choose("Call")
    visitor.fill("Headline", f"Rang the office {mark}")
    visitor.fill("Private note", "They were curt. Will vote with us! Ring again in May.")
    visitor.press("Log it")
    visitor.press("Change")
    visitor.look("contact-edit")
    visitor.fill("Headline", f"Rang the diary {mark}")
    visitor.press("Keep the change")
    visitor.open(f"/contact-log?q={mark}")
    visitor.page.get_by_role("link", name=re.compile("^edited")).click()
    visitor.see("changed it")
    visitor.look("contact-history")
    visitor.press("Change it")
    visitor.page.get_by_role("link", name="Make a sentence of your note the headline").click()
    visitor.choose("Will vote with us!")
    visitor.look("contact-promotion")
    visitor.press("Use this sentence")
    visitor.page.get_by_label("All partners will read this. It names").check()
    visitor.look("contact-promotion-agree")
    visitor.press("Make it the headline")
    visitor.see("All partners now read this headline.")
    visitor.see("Will vote with us!")
