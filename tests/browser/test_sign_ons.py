"""An organisation signs in a real browser: one person asks, another approves, and the public reads it at once."""

from playwright.sync_api import expect

from .conftest import Visit

PUBLIC = "/pledge/care-dont-share/organisations"
ASKER, APPROVER, HOST = "organiser@neu.example", "admin@neu.example", "coordinator@liberty.example"


def test_one_asks_another_approves_and_the_list_follows(visit: Visit, width: int) -> None:
    name = f"National Education Union ({width})"
    reader = visit()
    reader.open(PUBLIC)
    reader.see("2 organisations have signed, each as an organisation.")
    reader.look("organisations-public")
    dark = visit(color_scheme="dark")
    dark.open(PUBLIC)
    dark.look("organisations-public-dark")
    asker = visit(ASKER)
    asker.go("Pledge")
    asker.page.get_by_role("link", name="Organisations", exact=True).click()
    asker.look("organisations-partner")
    asker.page.get_by_role("link", name="What you signed").click()
    asker.fill("Your organisation, as it shall be published", "")
    asker.expect_refusal(422)
    asker.press("Ask for approval")
    asker.see("Give the name that shall stand on the list.")
    asker.fill("Your organisation, as it shall be published", name)
    asker.fill("A note to your colleagues", "The long name, as agreed.")
    asker.look("organisations-ask")
    asker.press("Ask for approval")
    asker.see("You asked for this, so someone else has to decide")
    asker.look("organisations-asked")
    approver = visit(APPROVER)
    approver.open("/")
    approver.page.get_by_role("link", name="A colleague asks that you sign").first.click()
    approver.see("The long name, as agreed.")
    approver.look("organisations-decide")
    approver.press("Approve and sign")
    approver.see("What you signed")
    reader.open(PUBLIC)
    expect(reader.page.get_by_text(name, exact=True)).to_be_visible()
    reader.see("2 organisations have signed, each as an organisation.")
    host = visit(HOST)
    host.open("/pledges/organisations")
    host.see("Where every partner stands")
    host.look("organisations-host")
