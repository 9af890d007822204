"""Job 1: find a member, log what was said. Partners see the headline, never the note."""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.live import NARROW, Visitor, today

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
    visitor.page.get_by_label("What was it?").select_option("Surgery")
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
    notice = pat.page.locator(".just-now")
    for words in ("Supporter", f"Send the briefing about {headline}"):
        expect(notice).to_contain_text(words)
    for words in (headline, note):
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
    expect(member).to_be_focused()
    keys.type("bram")
    expect(visitor.page.get_by_role("option").first).to_be_visible()
    visitor.look("keyboard-suggestions")
    keys.press("ArrowDown")
    keys.press("Enter")
    tab_to(visitor.page.get_by_label("What was it?"))
    keys.type("Call")
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


def test_a_draft_says_whom_it_is_about_and_goes_whole(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    member = page.get_by_role("combobox", name="Who did you contact?")
    visitor.open("/contact-log/new")
    member.press_sequentially("bram")
    page.get_by_role("option").first.click()
    name = member.input_value()
    visitor.fill("Private note", "For this one only")
    visitor.await_value("Object.values(localStorage).some((draft) => draft.includes('For this one'))")
    visitor.open("/")
    visitor.open("/contact-log/new")
    visitor.see(f"What you typed earlier about {name} is back.")
    visitor.look("draft-about-somebody")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_role("textbox", name="Private note")).to_have_value("")
    expect(member).to_have_value("")
    visitor.press("Log it")
    visitor.see("Who did you contact?")
    assert page.locator("[name=subject_id]").input_value() == ""
    visitor.trouble.clear()  # The refusal.


def test_leaving_the_search_box_asks_for_nothing(visits: Visit) -> None:
    """What is asked for then would replace the list under a finger that taps a result."""
    visitor = visits(PAT, width=NARROW)
    name, constituency = someone(visitor, 1)
    visitor.go("Representatives")
    find(visitor, constituency, name)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.get_by_label("Name or constituency").blur()
    visitor.page.wait_for_timeout(600)
    assert asked == []


def test_every_part_of_the_form_outlives_a_session_that_the_server_ended(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    visitor.open("/contact-log/new")
    page.get_by_label("What was it?").select_option("Call")
    visitor.fill("Headline", "Said much, then the line broke")
    visitor.fill("Private note", "Every word of it")
    page.get_by_text("Ask and position", exact=True).click()
    page.get_by_label("Which ask did you raise?").select_option(index=1)
    page.get_by_role("button", name="Add another ask").click()
    page.get_by_label("Which ask did you raise? (2)").select_option(index=2)
    page.get_by_label("What did they promise?").select_option("Ask a written question")
    page.get_by_role("button", name="Add another promise").click()
    page.get_by_label("What did they promise? (2)").select_option("Visit a service")
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
    expect(page.get_by_label("What was it?")).to_have_value("call")
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


@dataclass
class Thumb:
    """Counts what a thumb does. A field is tapped before it is typed into; a choice from a list is two taps."""

    page: Page
    taps: int = 0
    fields: int = 0
    characters: int = 0

    def tap(self, target: Locator) -> None:
        target.click()
        self.taps += 1

    def write(self, target: Locator, words: str) -> None:
        self.tap(target)
        target.press_sequentially(words)
        self.fields += 1
        self.characters += len(words)

    def pick(self, target: Locator, words: str) -> None:
        target.select_option(words)
        self.taps += 2

    @property
    def seconds(self) -> float:
        """As long as a person takes: 1.5 s to find and hit a thing, 36 words of five letters a minute to type."""
        return self.taps * 1.5 + self.characters / 3


def promise_and_follow_up(thumb: Thumb, headline: str) -> None:
    """All but whom and the last tap. Meeting, today, and the follow-up's day are filled in."""
    page = thumb.page
    thumb.write(page.get_by_role("textbox", name="Headline"), headline)
    thumb.pick(page.get_by_label("What did they promise?"), "Ask a written question")
    thumb.write(page.get_by_role("textbox", name="What will you do next?"), "Send draft wording")


def expect_all_named(visitor: Visitor, place: Locator, headline: str) -> None:
    for words in ("Ask a written question", "Send draft wording"):
        expect(place).to_contain_text(words)
    visitor.see(headline)
    # The follow-up's day. Of the promise nobody named one.
    expect(place.get_by_role("listitem").filter(has_text="Promise").locator("time")).to_have_count(0)
    expect(place.get_by_role("listitem").filter(has_text="Follow-up").locator("time")).to_have_count(1)


def test_from_home_a_meeting_with_promise_and_follow_up_takes_eight_taps_and_three_fields(
    visits: Visit,
) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    visitor.open("/")
    headline = f"Will ask about the firewall {uuid.uuid4().hex[:4]}"
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name="Log", exact=True).last)
    thumb.write(page.get_by_role("combobox", name="Who did you contact?"), "bram")
    thumb.tap(page.get_by_role("option").first)
    promise_and_follow_up(thumb, headline)
    visitor.look("contact-in-a-minute")
    thumb.tap(page.get_by_role("button", name="Log it"))
    visitor.see(f"Logged: “{headline}”")
    expect_all_named(visitor, page.locator(".flashes"), headline)
    visitor.look("contact-logged-at-home")
    assert page.url == f"{visitor.address}/"
    assert (thumb.taps, thumb.fields) == (8, 3)
    assert thumb.seconds < 45


def test_from_a_member_it_takes_six_taps_and_two_fields(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    name, constituency = someone(visitor, 20)
    open_target(visitor, constituency, name)
    headline = f"Will ask about the firewall {uuid.uuid4().hex[:4]}"
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("main").get_by_role("link", name="Log a contact", exact=True).first)
    expect(page.locator(".chosen-person__name")).to_have_text(name)
    promise_and_follow_up(thumb, headline)
    thumb.tap(page.get_by_role("button", name="Log it"))
    visitor.see("Logged")
    expect_all_named(visitor, page.locator(".just-now"), headline)
    assert (thumb.taps, thumb.fields) == (6, 2)
    assert thumb.seconds < 40
    visitor.press("Change")
    expect(page.get_by_role("region", name="Recorded with it")).to_contain_text("Send draft wording")
    visitor.look("contact-edit-with-promise")


def test_without_javascript_whom_is_found_on_the_way_and_nothing_is_lost(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW, java_script_enabled=False)
    page = visitor.page
    visitor.open("/contact-log/new")
    visitor.fill("Who did you contact?", "bram")
    visitor.fill("Headline", "Logged without a script")
    page.get_by_label("What did they promise?").select_option("Host an event")
    visitor.fill("What will you do next?", "Book the room")
    page.get_by_label("By when?").select_option("other")
    page.get_by_label("Another day", exact=True).fill((today() + timedelta(days=5)).isoformat())
    visitor.press("Find")
    page.get_by_role("radio").first.check()
    visitor.press("Log it")
    notice = page.locator(".just-now")
    for words in ("Host an event", "Book the room"):
        expect(notice).to_contain_text(words)
    expect(notice.locator(f'time[datetime="{today() + timedelta(days=5)}"]')).to_be_visible()


def test_a_near_day_taken_after_all_is_the_one_that_counts(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    visitor.open("/contact-log/new?member=bram")
    page.get_by_role("radio").first.check()
    visitor.fill("Headline", "Changed my mind about the day")
    visitor.fill("What will you do next?", "Ring them")
    when, other = page.get_by_label("By when?"), page.get_by_label("Another day", exact=True)
    expect(other).to_be_hidden()
    when.select_option("other")
    other.fill((today() + timedelta(days=5)).isoformat())
    when.select_option("tomorrow")
    visitor.press("Log it")
    expect(page.locator(f'.just-now time[datetime="{today() + timedelta(days=1)}"]')).to_be_visible()


def test_history_and_promotion_in_a_browser(visits: Visit, width: int) -> None:
    visitor = visits(PAT, width=width)
    mark = uuid.uuid4().hex[:8]
    visitor.open("/contact-log/new?member=bram")
    visitor.page.get_by_role("radio").first.check()
    visitor.page.get_by_label("What was it?").select_option("Call")
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
