"""What came back is decided with the keyboard, and one answer reaches the timeline."""

from playwright.sync_api import expect

from tests.support.live import NARROW

from .conftest import Visit

CORA = "coordinator@liberty.example"
PAT = "organiser@praxis.example"
# Each window decides on another of the demo's answers.
ANSWER = {NARROW: ("Offers a meeting", "happy to meet"), 1280: ("Supports it", "said so in the House")}


def test_an_answer_is_decided_by_keyboard_and_put_on_the_timeline(visit: Visit, width: int) -> None:
    kind, words = ANSWER[width]
    cora = visit(CORA)
    page = cora.page
    cora.open("/mailings")
    cora.press("Replies")
    cora.see("Did they reply?")
    cora.look("replies")
    link = page.get_by_role("row").filter(has_text=kind).get_by_role("link")
    name = link.inner_text()
    link.click()
    cora.see(words)
    cora.look("reply")
    proposed = page.get_by_label(kind, exact=True)
    expect(proposed).to_be_checked()
    proposed.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    cora.see("On the timeline")
    expect(page.get_by_label("Headline")).to_have_value(f"Replied: {kind[0].lower()}{kind[1:]}")
    page.get_by_label("The member", exact=True).focus()
    page.keyboard.press("Space")
    cora.press("Put it on the timeline")
    cora.see("It is in the contact log.")
    cora.fill("What will you do?", "Ring the office")
    cora.fill("By when?", "2030-01-31")
    cora.press("Plan it")
    cora.see("Follow-up planned.")
    cora.look("reply-decided")
    cora.open("/mailings/replies?show=decided")
    cora.see(name)
    cora.look("replies-decided")
    partner = visit(PAT)
    partner.open("/contact-log")
    partner.see(f"Replied: {kind[0].lower()}{kind[1:]}")
    partner.not_see(words)
    partner.open("/mailings/replies")
    partner.see("Nothing to decide")
    partner.look("replies-empty")


def test_who_has_not_answered(visit: Visit) -> None:
    cora = visit(CORA)
    cora.open("/mailings/replies")
    cora.press("Will you back the firewall?")
    cora.see("Answers by kind")
    cora.look("answers")
    cora.page.get_by_role("button", name="Answered by another way").first.click()
    cora.see("Noted as answered.")


def test_without_script_a_wrong_form_says_what_is_missing(visit: Visit) -> None:
    cora = visit(CORA, java_script_enabled=False)
    cora.expect_refusal(422)
    cora.open("/mailings/replies")
    cora.page.get_by_role("row").filter(has_text="Unclear").get_by_role("link").click()
    cora.see("Which of the two debates")
    cora.press("Decide")
    cora.see("Choose one of these.")
    cora.look("reply-wrong")
