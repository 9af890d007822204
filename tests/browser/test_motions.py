"""A branch's motion in a real browser: from a model text to what the body carried, and what a partner sees of it."""

import re

from playwright.sync_api import expect

from .conftest import Visit

OFFICER, PARTNER = "officer@neu.example", "organiser@praxis.example"
MODEL = "Demo: schools are for learning"


def test_from_a_model_text_to_what_was_carried(visit: Visit, width: int) -> None:
    """Chosen, filled in, sent in, on the agenda, carried as amended; the partner reads the carried text and no vote."""
    body, clause = f"Saltmarsh conference {width}", f"To meet again in week {width}."
    officer = visit(OFFICER)
    officer.go("Actions")
    officer.page.get_by_role("main").get_by_role("link", name="Motions").first.click()
    officer.see("Model texts")
    officer.look("motions")
    officer.press("Model texts")
    officer.page.get_by_role("link", name=MODEL).first.click()
    officer.press("Use this for our branch’s motion")
    # What is chosen is what it begins with, though it was not shown so first.
    officer.page.get_by_label("Put to").select_option(label="Conference")
    officer.press("Begin the motion")
    expect(officer.page.get_by_label("What kind of body?")).to_have_value("conference")
    officer.fill("Which one?", body)
    for part in ("Notes", "Resolves"):
        field = officer.page.get_by_label(part, exact=False).and_(officer.page.locator("textarea")).first
        field.fill(re.sub(r"\[[^\]]+\]", "Quillshire", field.input_value()))
    officer.press("Keep and send in")
    officer.press("It is on the agenda")
    officer.look("motion-on-the-agenda")
    officer.press("Tell what became of it")
    officer.choose("Carried as amended")
    officer.fill("For", "31")
    officer.page.get_by_text("Carried as amended? Change the text").click()
    resolves = officer.page.get_by_label("Resolves").and_(officer.page.locator("textarea"))
    resolves.fill(f"{resolves.input_value()}\n{clause}")
    officer.look("motion-outcome")
    officer.press("Keep")
    officer.see("What was amended: 1 put in.")
    officer.see("31 for")
    officer.look("motion-carried-as-amended")
    partner = visit(PARTNER)
    partner.open("/motions")
    partner.page.get_by_role("link", name=body).click()
    partner.see(clause)
    partner.not_see("31 for")
    partner.look("motion-seen-by-a-partner")
