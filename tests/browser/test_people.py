"""Job 5: an analyst sees totals and never a person; an admin brings a colleague in."""

import re

from playwright.sync_api import expect

from tests.support.live import Visitor

from .conftest import Visit

ANA = "analyst@liberty.example"
NELL = "admin@neu.example"


def test_ana_sees_totals_and_never_a_person(visit: Visit) -> None:
    ana = visit(ANA)
    ana.look("analyst-today")
    ana.go("Pledge")
    ana.see("people have signed")
    assert ana.page.get_by_role("link", name="Signers", exact=True).count() == 0
    ana.not_see("@")
    ana.look("analyst-pledge")
    ana.go("Mailings")
    ana.see("Your role sees numbers, not texts.")
    ana.look("analyst-mailings")
    ana.go("Actions")
    ana.see("pledges on paper")
    ana.look("analyst-actions")
    ana.expect_refusal(403)
    for path in ("/pledges/signers", "/organisation/members", "/follow-ups", "/contact-log/new"):
        ana.open(path)
        assert ana.page.get_by_role("heading", level=1).inner_text() == "That is not yours to do", path


def invite(visitor: Visitor, email: str) -> None:
    visitor.go("Organisation")
    visitor.page.get_by_role("link", name="People", exact=True).click()
    visitor.look("people")
    visitor.fill("Email address", email)
    visitor.page.get_by_role("radio", name=re.compile("^Organiser")).check()
    visitor.press("Send the invitation")
    visitor.see(email)


def test_nell_invites_a_colleague_who_lands_on_today(visit: Visit, width: int) -> None:
    email, name = f"new.colleague.{width}@neu.example", f"Nia Newcomer {width}"
    nell = visit(NELL)
    invite(nell, email)
    nell.look("people-invited")

    newcomer = visit()
    newcomer.read_mail(email)
    newcomer.look("invitation-mail")
    newcomer.page.get_by_role("main").get_by_role("link", name=re.compile("^http")).first.click()
    newcomer.see("Join ")
    newcomer.fill("name", name)
    newcomer.fill("Password", "three words nobody knows")
    newcomer.look("invitation")
    newcomer.press("Accept and sign in")
    expect(newcomer.page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    assert newcomer.page.url == f"{newcomer.address}/"
    newcomer.see("Welcome. You now work with")
    newcomer.look("today-first")

    nell.go("Organisation")
    nell.page.get_by_role("link", name="People", exact=True).click()
    expect(nell.page.get_by_role("row").filter(has_text=name)).to_contain_text("Organiser")
