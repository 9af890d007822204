"""One's own account, and working for several organisations."""

import pytest
from sqlalchemy import select

from organising.organisations import founding
from organising.platform.audit import AuditEvent
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context

OLD, NEW = "correct horse battery", "another staple altogether"


@pytest.fixture
def person(world):
    return world.user("neu", "organiser", password=OLD)


@pytest.fixture
def twofold(world, person):
    """An organiser at the NEU who is an analyst at Praxis too."""
    with world.app.app_context(), use_context(Context(purpose="setup")) as session:
        founding.found_membership(person.user_id, world.organisation("praxis"), Role.ANALYST)
        session.commit()
    return person


def audited(world, slug):
    with world.context(slug) as session:
        return [event.action for event in session.scalars(select(AuditEvent))]


def test_the_page_shows_name_address_and_memberships(world, twofold):
    page = world.browser(twofold).get("/account").text
    assert twofold.display_name in page
    assert world.email(twofold) in page
    assert "Praxis" in page
    assert "Analyst" in page


def test_a_name_can_be_changed(world, person):
    browser = world.browser(person)
    assert browser.post("/account/name", data={"display_name": "  Noor   Ali "}).status_code == 303
    assert "Noor Ali" in browser.get("/account").text
    assert browser.post("/account/name", data={"display_name": "  "}).status_code == 422
    assert audited(world, "neu") == ["account.renamed"]


def test_changing_the_password_needs_the_present_one_and_signs_others_out(world, person):
    here, elsewhere = world.browser(person), world.browser(person)
    wrong = here.post("/account/password", data={"present": "not that", "password": NEW})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    assert here.post("/account/password", data={"present": OLD, "password": "short"}).status_code == 422
    assert here.post("/account/password", data={"present": OLD, "password": NEW}).status_code == 303
    assert here.get("/account").status_code == 200
    assert here.get("/organisation").status_code == 200
    assert elsewhere.get("/organisation").status_code == 303
    fresh = world.app.test_client()
    assert fresh.post("/sign-in", data={"email": world.email(person), "password": NEW}).status_code == 303
    assert audited(world, "neu") == ["account.password_changed"]


def test_guessing_the_present_password_locks_like_the_door(world, person):
    browser = world.browser(person)
    for _ in range(8):
        browser.post("/account/password", data={"present": "a guess", "password": NEW})
    assert browser.post("/account/password", data={"present": OLD, "password": NEW}).status_code == 422


@pytest.mark.parametrize(
    ("theme", "kept"), [("dark", "theme=dark"), ("light", "theme=light"), ("system", "Max-Age=0")]
)
def test_light_or_dark_is_kept(world, person, theme, kept):
    answer = world.browser(person).post("/account/theme", data={"theme": theme})
    assert kept in answer.headers["Set-Cookie"]


def test_switching_leads_to_an_own_organisation_only(world, twofold):
    browser = world.browser(twofold)
    assert "National" not in browser.get("/organisation").text
    answer = browser.post("/account/organisation", data={"organisation_id": world.organisations["praxis"]})
    assert answer.status_code == 303
    assert "<h1>Praxis</h1>" in browser.get("/organisation").text
    foreign = browser.post("/account/organisation", data={"organisation_id": world.organisations["liberty"]})
    nobody = browser.post("/account/organisation", data={"organisation_id": "0" * 32})
    assert foreign.status_code == nobody.status_code == 404
    assert foreign.data == nobody.data
    assert "<h1>Praxis</h1>" in browser.get("/organisation").text


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://localhost/organisation/units", "/organisation/units"),
        # An analyst may not log engagements, nor see members.
        ("http://localhost/organisation/members", "/"),
        ("http://localhost/organisation/units/00000000-0000-4000-8000-000000000000/name", "/"),
        ("http://localhost/no-such-page", "/"),
        ("http://evil.example/organisation/units", "/"),
        (None, "/"),
    ],
)
def test_switching_keeps_the_page_where_it_opens_there_too(world, twofold, came_from, goes_to):
    answer = world.browser(twofold).post(
        "/account/organisation",
        data={"organisation_id": world.organisations["praxis"]},
        headers={"Referer": came_from} if came_from else {},
    )
    assert answer.headers["Location"] == goes_to


def test_whose_last_membership_has_ended_is_told_so_and_can_leave(world, person):
    admin = world.user("neu", "admin")
    with world.context("neu") as session:
        from organising.organisations.models import Membership

        membership = session.scalar(select(Membership.id).where(Membership.user_id == person.user_id))
    world.browser(admin).post(f"/organisation/members/{membership}/ending")
    browser = world.app.test_client()
    answer = browser.post("/sign-in", data={"email": world.email(person), "password": OLD})
    assert answer.headers["Location"] == "/account"
    page = browser.get("/account")
    assert page.status_code == 200
    assert "not a member of any organisation" in page.text
    assert browser.get("/organisation").status_code == 403
    assert browser.post("/sign-out").status_code == 303


def test_a_visitor_has_no_account_page(client):
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"
    for path in ("/account/name", "/account/password", "/account/organisation"):
        assert client.post(path).status_code == 303
