"""Job 3: anyone signs on a phone, confirms by mail, and is counted; one partner holds the signer, no other sees them."""

import re

from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

PAT = "organiser@praxis.example"
LOLA = "organiser@lawrs.example"
QUICK = "That was very quick. Press the button again."


def sign(visitor: Visitor, name: str, email: str) -> None:
    """Fill the three fields. A machine is faster than the form believes of a person; then it asks once more."""
    visitor.fill("Your name", name)
    visitor.fill("Email address", email)
    visitor.fill("Postcode", "E1 4NS")
    visitor.look("pledge-form")
    visitor.expect_refusal(422)
    visitor.press("Sign the pledge")
    while visitor.page.get_by_text(QUICK).count():
        visitor.press("Sign the pledge")
    visitor.see("Now look in your inbox")


def own_signers(visitor: Visitor) -> int:
    visitor.go("Pledge")
    card = visitor.page.locator("section").filter(has_text="signers of your own").last
    return int(re.findall(r"\d+", card.inner_text().replace(",", ""))[0])


def search(visitor: Visitor, email: str) -> None:
    visitor.go("Pledge")
    visitor.page.get_by_role("link", name="Signers", exact=True).click()
    visitor.fill("Name or email address", email)
    visitor.press("Search")


def test_someone_signs_confirms_and_is_counted_for_praxis(visit: Visit, width: int) -> None:
    name, email = f"Wren Reader {width}", f"wren.reader.{width}@signers.example"
    pat = visit(PAT)
    before = own_signers(pat)

    signer = visit()
    signer.open("/")
    signer.look("campaign")
    signer.open("/pledge/care-dont-share/praxis")
    sign(signer, name, email)
    signer.look("pledge-sent")
    signer.read_mail(email)
    signer.look("pledge-mail")
    signer.page.get_by_role("main").get_by_role("link", name=re.compile("^http")).first.click()
    signer.see("One press, and you are counted")
    assert own_signers(pat) == before, "the link alone must not count: mail filters open links too"
    signer.look("pledge-confirm")
    signer.press("Confirm my signature")
    signer.see("Thank you. You are counted.")
    signer.look("pledge-confirmed")

    assert own_signers(pat) == before + 1
    pat.look("pledge-tally")
    search(pat, email)
    expect(pat.page.get_by_role("row").filter(has_text=email)).to_have_count(1)
    pat.page.get_by_role("link", name=name).click()
    pat.see(email)
    pat.look("pledge-signer")

    lola = visit(LOLA)
    search(lola, email)
    lola.see("Nobody of yours matches")
    lola.not_see(name)
    lola.expect_refusal(404)
    lola.page.goto(pat.page.url)
    lola.not_see(email)


def test_a_mistake_keeps_what_was_typed(visits: Visit) -> None:
    visitor = visits(width=NARROW)
    visitor.expect_refusal(422)
    visitor.open("/pledge/care-dont-share")
    visitor.fill("Your name", "Wren Reader")
    visitor.fill("Email address", "wren at nowhere")
    visitor.press("Sign the pledge")
    expect(visitor.page.get_by_label("Your name")).to_have_value("Wren Reader")
    expect(visitor.page.get_by_label("Email address")).to_have_value("wren at nowhere")
    visitor.look("pledge-mistakes")
