"""An open letter in a real browser: a partner reads it and signs, nobody else sees it, and the public reads what is released."""

from playwright.sync_api import expect

from .conftest import Visit

COORDINATOR, PARTNER, ANALYST = "coordinator@liberty.example", "admin@neu.example", "analyst@liberty.example"
LETTER = "Letter before the autumn debate"


def test_a_partner_signs_and_the_public_reads_what_is_released(visit: Visit, width: int) -> None:
    partner = visit(PARTNER)
    partner.open("/statements")
    partner.look("statements")
    partner.page.get_by_role("link", name=LETTER).first.click()
    partner.look("statement-letter")
    partner.page.get_by_role("link", name="Read and answer").or_(
        partner.page.get_by_role("link", name="Change our answer")
    ).first.click()
    partner.fill("Who signs", f"Sam Invented {width}")
    partner.expect_refusal(422)
    partner.press("Sign for NEU")
    partner.see("Tick this once you have read it.")
    partner.look("statement-sign")
    partner.page.get_by_label("I have read the text on this page").check()
    partner.press("Sign for NEU")
    expect(partner.page.get_by_text(f"Sam Invented {width}").first).to_be_visible()
    coordinator = visit(COORDINATOR)
    coordinator.open("/statements")
    coordinator.page.get_by_role("link", name="Briefing for the autumn debate").first.click()
    coordinator.see("a named person who answers for it to Parliament")
    coordinator.look("statement-briefing")
    coordinator.page.get_by_role("link", name="Partners and times").click()
    coordinator.see("Whom it is put to, by when, and when everybody may read it.")
    coordinator.look("statement-plan")
    analyst = visit(ANALYST)
    analyst.open("/statements")
    expect(analyst.page.get_by_text(LETTER)).to_have_count(0)
    reader = visit()
    reader.open("/published")
    reader.look("published")
    reader.page.get_by_role("link", name="Demo: partners publish").click()
    reader.see("This is the whole list.")
    reader.look("published-statement")
