"""What made newcomers on a phone hesitate: where promises are, who reads a line, whether a list is complete."""

import re

from playwright.sync_api import expect

from tests.support.live import NARROW

from .conftest import Visit

PAT = "organiser@praxis.example"


def test_more_opens_with_the_promises_in_sight(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    visitor.page.set_viewport_size({"width": NARROW, "height": 568})
    visitor.open("/")
    bar = visitor.page.get_by_role("navigation", name="Quick")
    bar.get_by_text("More").click()
    promises = bar.get_by_role("link", name="Promises")
    expect(promises).to_be_in_viewport(ratio=1)
    visitor.look("more-on-a-small-phone")
    promises.click()
    visitor.page.wait_for_url("**/promises")
    bar.get_by_text("More").click()
    expect(bar.get_by_role("link", name="Promises")).to_have_attribute("aria-current", "page")
    expect(bar.get_by_role("link", name="Contact log")).not_to_have_attribute("aria-current", "page")


def test_who_reads_a_line_is_said_above_it_and_the_note_stands_with_it(visit: Visit, width: int) -> None:
    visitor = visit(PAT)
    page = visitor.page
    visitor.open("/contact-log/new?member=bram")
    headline = page.get_by_role("textbox", name="Headline")
    expect(headline).to_have_accessible_description(
        re.compile(r"Every partner will read this line; the note stays in Praxis\.")
    )
    line, note = headline.bounding_box(), page.get_by_role("textbox", name="Private note").bounding_box()
    promise = page.get_by_label("What did they promise?").bounding_box()
    assert line
    assert note
    assert promise
    if width == NARROW:
        assert line["y"] < note["y"] < promise["y"]
    else:
        assert note["x"] > line["x"] + line["width"]
        assert abs(note["y"] - line["y"]) < line["height"]
    visitor.look("headline-and-note")


def test_a_list_that_brought_itself_up_to_date_says_so(visit: Visit) -> None:
    visitor = visit(PAT)
    page = visitor.page
    for address, label in (
        ("/targets", "Name or constituency"),
        ("/representatives", "Name or constituency"),
    ):
        visitor.open(address)
        told, show = page.get_by_text("The list is up to date."), page.get_by_role("button", name="Show")
        expect(told).to_be_hidden()
        with page.expect_response(re.compile(r"[?&]q=br")):
            page.get_by_label(label).first.press_sequentially("br")
        expect(told).to_be_visible()
        expect(show).to_have_class(re.compile("button--quiet"))
        # The next letter, on a line that has gone: what is shown is no longer what was asked for.
        visitor.context.set_offline(True)
        page.get_by_label(label).first.press_sequentially("a")
        expect(told).to_be_hidden()
        expect(show).to_have_class(re.compile("button--secondary"))
        page.wait_for_timeout(600)
        expect(told).to_be_hidden()
        visitor.context.set_offline(False)
        visitor.trouble.clear()  # The line that had gone.
    plain = visit(PAT, java_script_enabled=False)
    plain.open("/targets?q=br")
    expect(plain.page.get_by_text("The list is up to date.")).to_be_hidden()
    expect(plain.page.get_by_role("button", name="Show")).to_have_class(re.compile("button--secondary"))


def test_a_restored_draft_opens_no_list(visits: Visit) -> None:
    visitor = visits(PAT, width=NARROW)
    page = visitor.page
    member = page.get_by_role("combobox", name="Who did you contact?")
    visitor.open("/contact-log/new")
    member.press_sequentially("bram")
    page.get_by_role("option").first.click()
    name = member.input_value()
    visitor.fill("Private note", "Kept for the train")
    visitor.await_value("Object.values(localStorage).some((draft) => draft.includes('Kept for the train'))")
    visitor.open("/")
    visitor.open("/contact-log/new")
    visitor.see(f"What you typed earlier about {name} is back.")
    expect(member).to_have_value(name)
    page.wait_for_timeout(500)
    expect(page.get_by_role("listbox")).to_have_count(0)
    visitor.look("draft-restored-closed")
    page.get_by_role("button", name="Discard it").click()


def _is_short(lines: list[str]) -> bool:
    """Whether a row has nothing to tell but a name and a seat that each fit a phone's line."""
    words = [line.strip() for line in lines if line.strip()]
    return words[-1] == "Nobody yet" and len(words[0]) <= 16 and all(len(line) <= 32 for line in words)


def test_a_target_nobody_has_touched_takes_two_lines_and_stays_a_row(visits: Visit) -> None:
    visitor = visits("coordinator@liberty.example", width=NARROW)
    visitor.open("/targets?lead=none")
    rows = visitor.page.locator("#found").get_by_role("row").filter(has=visitor.page.get_by_role("rowheader"))
    expect(rows.first).to_be_visible()
    short = [row for row in rows.all() if _is_short(row.inner_text().split("\n"))]
    heights = [box["height"] for box in (row.bounding_box() for row in short) if box]
    assert len(heights) >= 3
    assert max(heights) < 72, heights
    first = rows.first
    expect(first.get_by_role("rowheader").get_by_role("link")).to_be_visible()
    expect(first.get_by_role("cell").filter(has_text="Nobody yet")).to_be_visible()
    name = first.get_by_role("rowheader").get_by_role("link").inner_text()
    first.get_by_role("checkbox", name=name).check()
    visitor.look("targets-in-two-lines")
