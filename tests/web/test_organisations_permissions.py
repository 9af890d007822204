"""The matrix for users and roles, units, facts, partners, asks and audit: cell by cell."""

import pytest
from sqlalchemy import select

from organising.organisations.models import Ask, Membership, Organisation, UnitOfficer

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")
MANAGES = {"coordinator", "admin"}
COORDINATES = {"coordinator"}
EVERYONE = set(ROLES)

# Method, path, who gets past the gate; a form without its fields then answers 422, never 403.
CELLS = [
    ("GET", "/organisation", EVERYONE),
    ("GET", "/organisation/facts", MANAGES),
    ("POST", "/organisation/facts", MANAGES),
    ("GET", "/organisation/members", MANAGES),
    ("POST", "/organisation/members/invitations", MANAGES),
    ("GET", "/organisation/members/{member}/role", MANAGES),
    ("POST", "/organisation/members/{member}/role", MANAGES),
    ("GET", "/organisation/members/{member}/ending", MANAGES),
    ("POST", "/organisation/members/{member}/ending", MANAGES),
    ("GET", "/organisation/units", EVERYONE),
    ("POST", "/organisation/units", MANAGES),
    ("GET", "/organisation/units/{unit}/name", MANAGES),
    ("POST", "/organisation/units/{unit}/name", MANAGES),
    ("GET", "/organisation/units/{unit}", EVERYONE),
    ("GET", "/organisation/units/{unit}/place", MANAGES),
    ("POST", "/organisation/units/{unit}/place", MANAGES),
    ("GET", "/organisation/units/{unit}/areas", MANAGES),
    ("POST", "/organisation/units/{unit}/areas", MANAGES),
    ("GET", "/organisation/units/{unit}/closure", MANAGES),
    ("GET", "/organisation/units/{unit}/officers/new", MANAGES),
    ("POST", "/organisation/units/{unit}/officers/new", MANAGES),
    ("GET", "/organisation/units/{unit}/hand-over", MANAGES),
    ("POST", "/organisation/units/{unit}/hand-over", MANAGES),
    ("GET", "/organisation/units/{unit}/officers/{officer}", MANAGES),
    ("POST", "/organisation/units/{unit}/officers/{officer}", MANAGES),
    ("GET", "/organisation/units/{unit}/officers/{officer}/ending", MANAGES),
    ("POST", "/organisation/units/{unit}/officers/{officer}/ending", MANAGES),
    ("POST", "/organisation/units/{unit}/officers/{officer}/invitation", MANAGES),
    ("POST", "/organisation/units/{unit}/officers/{officer}/removal", MANAGES),
    ("POST", "/organisation/units/{unit}/closure", MANAGES),
    ("POST", "/organisation/units/{unit}/closure/removal", MANAGES),
    ("GET", "/organisation/devices", MANAGES),
    ("GET", "/organisation/audit", MANAGES),
    ("POST", "/organisation/audit/exports", MANAGES),
    ("GET", "/coalition", EVERYONE),
    ("GET", "/coalition/partners", COORDINATES),
    ("POST", "/coalition/partners", COORDINATES),
    ("GET", "/coalition/partners/{partner}/status", COORDINATES),
    ("POST", "/coalition/partners/{partner}/status", COORDINATES),
    ("POST", "/coalition/partners/{partner}/invitations", COORDINATES),
    ("GET", "/asks", EVERYONE),
    ("GET", "/asks/{ask}", COORDINATES),
    ("POST", "/asks/{ask}", COORDINATES),
    ("POST", "/asks/{ask}/closure", COORDINATES),
    ("POST", "/asks/{ask}/closure/removal", COORDINATES),
]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_where_it_may(world, role):
    browser = world.browser(world.user("liberty", role))
    target = world.user("liberty", "organiser")
    officer = world.user("liberty", "officer", unit="North")
    with world.context("liberty") as session:
        ids = {
            "member": session.scalars(
                select(Membership.id).where(Membership.user_id == target.user_id)
            ).one(),
            "unit": world.unit("liberty", "North"),
            "partner": session.scalars(select(Organisation.id).where(Organisation.slug == "neu")).one(),
            "ask": session.scalars(select(Ask.id).where(Ask.code == "DP-1")).one(),
            "officer": session.scalars(
                select(UnitOfficer.id).where(UnitOfficer.user_id == officer.user_id)
            ).one(),
        }
    wrong = []
    for method, path, may in CELLS:
        status = browser.open(path.format(**ids), method=method).status_code
        good = status in (200, 303, 422) if role in may else status == 403
        if not good:
            wrong.append((method, path, status))
    assert wrong == []


def test_a_visitor_is_led_to_the_door_everywhere(world, client):
    nobody = "00000000-0000-4000-8000-000000000000"
    ids = dict.fromkeys(("member", "unit", "officer", "partner", "ask"), nobody)
    for method, path, _ in CELLS:
        answer = client.open(path.format(**ids), method=method)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/sign-in")


def test_what_a_role_cannot_open_is_not_offered(world):
    texts = {
        role: world.browser(world.user("neu", role)).get("/organisation").text
        for role in ("admin", "officer")
    }
    assert "/organisation/members" in texts["admin"]
    assert "/organisation/audit" in texts["admin"]
    assert "/organisation/members" not in texts["officer"]
    assert "/organisation/audit" not in texts["officer"]
    assert "/organisation/facts" not in texts["officer"]
