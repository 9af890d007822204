"""Writing to many in a browser: the letter beside the words, where they are wrong, salutations by the Enter key."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

PAT = "organiser@praxis.example"


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def write(visitor: Visitor, title: str) -> None:
    visitor.fill("Name of the mailing", title)
    visitor.fill("Subject", "In {{ constituency }}")
    visitor.page.get_by_role("textbox", name="Letter").fill("Dear {{ salutation }},\n\nWill you speak?")


def test_pat_writes_and_sees_at_once_how_it_reads(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    pat.open("/mailings/new")
    letter = pat.page.get_by_role("textbox", name="Letter")
    write(pat, f"Text {scheme} {pat.width}")
    expect(pat.page.locator("#reading")).to_contain_text("Will you speak?")
    # A field goes where the cursor is.
    letter.press("Control+End")
    letter.press_sequentially(" To ")
    pat.page.get_by_role("button", name="Put it in {{ full_name }}").click()
    expect(letter).to_have_value(re.compile(r"Will you speak\? To \{\{ full_name \}\}$"))
    expect(pat.page.locator("#reading")).not_to_contain_text("{{")
    # What is wrong is told before the field is left, and a button leads there.
    letter.press_sequentially("\n{{ surname }}")
    problems = pat.page.locator("#preview-problems")
    expect(problems).to_contain_text("line 4, character 1")
    expect(problems).to_contain_text("there is no field “surname”")
    pat.look(f"mailing-text-wrong-{scheme}")
    pat.page.get_by_role("button", name="Go there").click()
    assert pat.page.evaluate("document.activeElement.selectionStart") == len(letter.input_value()) - len(
        "{{ surname }}"
    )
    party = pat.page.get_by_text("{{ if party is").first.inner_text().split('"')[1]
    letter.fill(
        f'Dear {{{{ salutation }}}},\n\n{{{{ if party is "{party}" }}}}\nYou voted for it.\n{{{{ end }}}}\n'
        '{{ signature|"Yours" }}'
    )
    expect(problems).to_have_text("")
    expect(pat.page.locator("#reading")).to_contain_text("Words for some only")
    pat.look(f"mailing-text-right-{scheme}")
    pat.press("Save")
    address = pat.page.url.removesuffix("/audience")
    pat.open(f"{address}/text")
    pat.page.get_by_role("textbox", name="Letter").fill("Dear {{ salutation }},\n\nWill you speak up?")
    pat.press("Save")
    pat.page.goto(f"{address}/versions?number=2")
    pat.see("What version 2 changed")
    pat.look(f"mailing-versions-{scheme}")
    pat.page.goto(f"{address}/template")
    pat.look(f"mailing-keep-template-{scheme}")
    pat.press("Keep it")
    pat.look(f"mailing-templates-{scheme}")
    pat.open("/mailings/signature")
    pat.look(f"mailing-signature-{scheme}")


def test_pat_chooses_by_list_and_checks_salutations_with_the_enter_key(visit: Visit, scheme: str) -> None:
    pat = visit(PAT, color_scheme=scheme)
    pat.open("/mailings/new")
    write(pat, f"Audience {scheme} {pat.width}")
    pat.press("Save")
    pat.page.get_by_text("By region, committee, lead").click()
    pat.look(f"mailing-audience-filters-{scheme}")
    address = pat.page.url.removesuffix("/audience")
    pat.fill("Name or constituency", "thistle")
    pat.press("Find")
    found = pat.page.locator(".choices label").all_inner_texts()
    # Name, constituency and party, as the page itself writes them.
    people = [" ".join(one.split()) for one in found[:3]]
    pat.page.goto(f"{address}/audience/list")
    pat.page.get_by_label("One a line").fill("\n".join([*people, "Nobody Known", "thistle"]))
    pat.press("See whom they mean")
    pat.see("not found")
    pat.look(f"mailing-pasted-{scheme}")
    pat.press("Add these, keep the rest here")
    pat.see("representatives added")
    pat.see("Nobody Known")
    pat.page.goto(f"{address}/audience")
    pat.look(f"mailing-audience-chosen-{scheme}")
    pat.press("Go on to salutations")
    total = pat.page.locator("tbody tr").count()
    first = pat.page.locator("tbody input:not([type=hidden])").first
    first.focus()
    for number in range(total):
        with pat.page.expect_navigation():
            pat.page.keyboard.press("Enter")
        if number + 1 < total:
            # The cursor waits in the next one.
            pat.await_value("(document.activeElement.name || '').startsWith('s-')")
    pat.see("All are checked.")
    pat.look(f"mailing-salutations-one-by-one-{scheme}")


def test_all_of_it_works_without_javascript(visits: Visit) -> None:
    pat = visits(PAT, width=NARROW, java_script_enabled=False)
    pat.open("/mailings/new")
    write(pat, "Without a script")
    pat.page.get_by_role("textbox", name="Letter").fill("Dear {{ surname }}")
    pat.press("Show how it reads")
    pat.see("there is no field “surname”")
    pat.page.get_by_role("textbox", name="Letter").fill("Dear {{ salutation }}, so it reads.")
    pat.press("Show how it reads")
    expect(pat.page.locator("#reading")).to_contain_text("so it reads.")
    assert pat.page.get_by_role("button", name="Put it in").count() == 0
    pat.press("Save")
    pat.see("Now choose whom it goes to.")
