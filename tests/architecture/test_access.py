"""Guards over every endpoint: each says who may come in, and none is more open than it says."""

import pytest

from organising.platform.access import Access, access_of, undeclared_endpoints
from organising.platform.permissions import GRANTS, Permission, Role


def test_every_endpoint_declares_who_may_come_in(app):
    assert undeclared_endpoints(app) == []


def test_an_undeclared_endpoint_answers_403_and_stops_a_tests_boot(app, environment):
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    answer = app.test_client().get("/undeclared")
    assert answer.status_code == 403
    assert b"secret" not in answer.data
    assert undeclared_endpoints(app) == ["undeclared"]


def test_a_declaration_gives_its_reason(app):
    for endpoint in app.view_functions:
        access = access_of(app, endpoint)
        assert isinstance(access, Access)
        assert len(access.reason) > 5, endpoint


def test_nobody_signed_in_reaches_no_page_that_is_not_public(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access.anonymous or "GET" not in rule.methods:
            continue
        url = rule.build({name: _sample(rule, name) for name in rule.arguments})[1]
        answer = client.get(url)
        assert answer.status_code == 303, (rule.endpoint, answer.status_code)
        assert "/sign-in" in answer.headers["Location"]


def _sample(rule, name):
    from uuid import UUID

    kind = type(rule._converters[name]).__name__
    return {"UUIDConverter": UUID(int=1), "IntegerConverter": 1}.get(kind, "x")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_in_the_table(role):
    assert role in GRANTS
    assert Permission.CAMPAIGN_VIEW in GRANTS[role]


def test_an_analyst_and_an_officer_hold_nothing_that_shows_a_person():
    for permission in (Permission.SIGNERS_VIEW, Permission.NOTES_VIEW, Permission.MEMBERS_MANAGE):
        assert permission not in GRANTS[Role.ANALYST]
        assert permission not in GRANTS[Role.OFFICER]
