"""Signing in and out from outside."""

import re
from datetime import timedelta

import pytest
import time_machine

from organising.accounts.services import FAILURES_ALLOWED
from organising.app import create_app
from organising.platform.clock import now

PASSWORD = "correct horse battery"
REFUSED = b"match. Try again"


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser", password=PASSWORD)


@pytest.fixture
def make_app(environment, world):
    """The application over the same database with other settings."""
    from organising.platform.db import db

    made = []

    def make(**settings):
        app = create_app(environment | settings)
        app.config["WTF_CSRF_ENABLED"] = False
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def plain(answer, email):
    """The page without the address that was typed and without the form's token."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text.replace(email, ""))


def test_a_visitor_is_led_to_the_door_and_back(client, world, organiser):
    answer = client.get("/organisation")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/organisation")
    page = client.get(answer.headers["Location"]).text
    assert 'name="next"' in page
    assert 'value="/organisation"' in page
    answer = sign_in(client, world.email(organiser), next="/organisation")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisation")
    assert client.get("/organisation").status_code == 200


def test_the_address_may_be_written_in_any_case(client, world, organiser):
    assert sign_in(client, f"  {world.email(organiser).upper()} ").status_code == 303


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_sign_in_leads_to_no_other_site(client, world, organiser, target):
    assert sign_in(client, world.email(organiser), next=target).headers["Location"] == "/"
    assert client.get("/sign-in", query_string={"next": target}).headers["Location"] == "/"


def test_unknown_account_and_wrong_password_get_the_same_answer(client, world, organiser):
    email = world.email(organiser)
    wrong = sign_in(client, email, "not that password")
    unknown = sign_in(client, "nobody@neu.example", "not that password")
    assert wrong.status_code == unknown.status_code == 422
    assert REFUSED in wrong.data
    assert plain(wrong, email) == plain(unknown, "nobody@neu.example")
    assert client.get("/organisation").status_code == 303


def test_the_typed_address_is_kept_and_the_password_is_not(client):
    page = sign_in(client, "nobody@neu.example", "some secret words").text
    assert 'value="nobody@neu.example"' in page
    assert "some secret words" not in page


def test_eight_failures_lock_for_a_quarter_of_an_hour_even_the_right_password(client, world, organiser):
    email = world.email(organiser)
    for _ in range(FAILURES_ALLOWED):
        assert sign_in(client, email, "wrong password").status_code == 422
    locked = sign_in(client, email)
    assert locked.status_code == 422
    assert REFUSED in locked.data
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert sign_in(client, email).status_code == 303


def test_a_success_forgets_the_failures(client, world, organiser):
    email = world.email(organiser)
    for _ in range(2):
        for _ in range(FAILURES_ALLOWED - 1):
            sign_in(client, email, "wrong password")
        assert sign_in(client, email).status_code == 303


def test_remembering_lasts_30_days_and_only_on_request(world, organiser):
    email = world.email(organiser)
    short, long = world.app.test_client(), world.app.test_client()
    assert "Expires" not in sign_in(short, email).headers["Set-Cookie"]
    cookie = sign_in(long, email, remember="y").headers["Set-Cookie"]
    assert "Expires" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_is_a_post_and_ends_the_session(world, organiser):
    browser = world.browser(organiser)
    assert browser.get("/sign-out").status_code == 405
    assert browser.get("/organisation").status_code == 200
    assert browser.post("/sign-out").headers["Location"] == "/sign-in"
    assert browser.get("/organisation").status_code == 303


def test_a_session_does_not_carry_over_from_another_person(world, organiser):
    other = world.user("praxis", "admin", password=PASSWORD)
    browser = world.browser(organiser)
    assert sign_in(browser, world.email(other)).status_code == 303
    assert "Praxis" in browser.get("/organisation").text


def test_the_known_password_opens_nothing_outside_the_demo(client, world):
    someone = world.user("neu", "admin", password="care-dont-share")
    answer = sign_in(client, world.email(someone), "care-dont-share")
    assert answer.status_code == 422
    assert REFUSED in answer.data
    assert "Step into the demo" not in client.get("/sign-in").text


def test_the_demo_shows_its_people_on_this_machine_only(world, make_app):
    email = world.email(world.user("neu", "admin", password="care-dont-share"))
    app = make_app(ORGANISING_DEMO="1")
    page = app.test_client().get("/sign-in").text
    assert "coordinator@liberty.example" in page
    assert "officer@neu.example" in page
    assert sign_in(app.test_client(), email, "care-dont-share").status_code == 303
    for elsewhere in (
        {"base_url": "http://campaign.example"},
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
    ):
        assert "care-dont-share" not in app.test_client().get("/sign-in", **elsewhere).text
        data = {"email": email, "password": "care-dont-share"}
        assert app.test_client().post("/sign-in", data=data, **elsewhere).status_code == 422


def test_a_form_without_its_token_is_refused(world, organiser):
    world.app.config["WTF_CSRF_ENABLED"] = True
    assert sign_in(world.app.test_client(), world.email(organiser)).status_code == 400


def test_knocking_too_often_is_told_so_and_keeps_no_address(make_app, databases):
    from redis import Redis

    client = make_app(ORGANISING_MODE="development").test_client()
    seen = [client.post("/sign-in", data={"email": "", "password": ""}).status_code for _ in range(21)]
    assert seen == [422] * 20 + [429]
    assert client.post("/password-reset", data={"email": "a@b.example"}).status_code == 429
    answer = client.post("/sign-in", data={"email": "", "password": ""})
    assert "tried too often" in answer.text
    assert client.get("/sign-in").status_code == 200
    other = client.post("/sign-in", data={}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert other.status_code == 422
    keys = b" ".join(Redis.from_url(databases.redis_url).keys("*"))
    assert b"127.0.0.1" not in keys
    assert b"192.0.2" not in keys


def test_knocks_are_counted_while_redis_is_away(make_app):
    client = make_app(ORGANISING_MODE="development", REDIS_URL="redis://127.0.0.1:1/0").test_client()
    seen = [client.post("/sign-in", data={"email": "", "password": ""}).status_code for _ in range(21)]
    assert seen == [422] * 20 + [429]
