"""A forgotten password: ask, mail, link, POST."""

import re
from datetime import timedelta

import pytest
import time_machine

from organising.accounts.jobs import send_waiting_resets
from organising.platform.clock import now

OLD, NEW = "correct horse battery", "another staple altogether"


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser", password=OLD)


def ask(client, email):
    return client.post("/password-reset", data={"email": email})


def link_in(message):
    found = re.search(r"http://localhost(/password-reset/\S+)", message.get_content())
    assert found
    return found[1]


def opened(world, client, organiser, run_jobs, smtp_sink):
    ask(client, world.email(organiser))
    run_jobs()
    return link_in(smtp_sink.messages[-1])


def test_asking_shows_the_same_page_for_anybody_and_mails_only_the_owner(
    client, world, organiser, run_jobs, smtp_sink
):
    known, unknown = ask(client, world.email(organiser)), ask(client, "nobody@neu.example")
    assert known.status_code == unknown.status_code == 303
    assert known.headers["Location"] == unknown.headers["Location"] == "/password-reset/sent"
    run_jobs()
    assert [m["To"] for m in smtp_sink.messages] == [world.email(organiser)]


def test_the_link_sets_a_new_password_once_and_signs_every_device_out(
    client, world, organiser, run_jobs, smtp_sink
):
    elsewhere = world.browser(organiser)
    assert elsewhere.get("/organisation").status_code == 200
    link = opened(world, client, organiser, run_jobs, smtp_sink)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200, "opening the page uses nothing up"
    answer = client.post(link, data={"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert elsewhere.get("/organisation").status_code == 303
    email = world.email(organiser)
    assert client.post("/sign-in", data={"email": email, "password": OLD}).status_code == 422
    assert client.post("/sign-in", data={"email": email, "password": NEW}).status_code == 303
    for again in (client.get(link), client.post(link, data={"password": OLD})):
        assert again.status_code == 410
        assert "no longer works" in again.text


def test_a_weak_password_keeps_the_link_good(client, world, organiser, run_jobs, smtp_sink):
    link = opened(world, client, organiser, run_jobs, smtp_sink)
    answer = client.post(link, data={"password": "short"})
    assert answer.status_code == 422
    assert "12 characters" in answer.text
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_an_old_or_made_up_link_is_refused(client, world, organiser, run_jobs, smtp_sink):
    link = opened(world, client, organiser, run_jobs, smtp_sink)
    assert client.get("/password-reset/made.up").status_code == 404
    assert client.get(link + "x").status_code == 404
    # The database's clock decides, so the row is aged rather than the test's clock moved.
    world_age = "UPDATE password_reset SET expires_at = now() - interval '1 second'"
    as_owner(world, world_age)
    assert client.get(link).status_code == 410
    assert client.post(link, data={"password": NEW}).status_code == 410


def as_owner(world, statement):
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    url = world.app.config["SETTINGS"].database_url
    engine = create_engine(world.owner_of(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET app.maintenance = 'on'"))
        connection.execute(text(statement))


@pytest.fixture(autouse=True)
def _owner(world, databases):
    world.owner_of = databases.owner_of


def test_without_a_bell_the_sweep_sends_it_once(client, world, organiser, run_jobs, smtp_sink, databases):
    from redis import Redis

    ask(client, world.email(organiser))
    Redis.from_url(databases.redis_url).flushdb()
    for _ in range(2):
        with world.app.app_context():
            send_waiting_resets()
    run_jobs()
    assert len(smtp_sink.messages) == 1


def test_a_busy_mail_server_is_tried_again_and_a_refusal_is_not(
    client, world, organiser, run_jobs, smtp_sink
):
    email = world.email(organiser)
    smtp_sink.refuse[email] = "451 later"
    ask(client, email)
    run_jobs()
    smtp_sink.refuse[email] = "550 no such user"
    with world.app.app_context():
        send_waiting_resets()
    smtp_sink.refuse.clear()
    with world.app.app_context():
        send_waiting_resets()
    assert smtp_sink.messages == []


def test_a_link_refused_at_the_dot_is_mailed_by_the_sweep_and_once(
    client, world, organiser, run_jobs, smtp_sink
):
    smtp_sink.at_the_dot.append("451 4.3.0 disk full")
    ask(client, world.email(organiser))
    run_jobs()
    assert smtp_sink.messages == []
    for _ in range(2):
        with world.app.app_context():
            send_waiting_resets()
    assert len(smtp_sink.messages) == 1
    assert client.get(link_in(smtp_sink.messages[0])).status_code == 200


def test_no_more_than_three_mails_an_hour(client, world, organiser, run_jobs, smtp_sink):
    for _ in range(5):
        assert ask(client, world.email(organiser)).status_code == 303
    run_jobs()
    assert len(smtp_sink.messages) == 3


def test_a_reset_opens_a_locked_account(client, world, organiser, run_jobs, smtp_sink):
    email = world.email(organiser)
    for _ in range(8):
        client.post("/sign-in", data={"email": email, "password": "wrong"})
    link = opened(world, client, organiser, run_jobs, smtp_sink)
    client.post(link, data={"password": NEW})
    assert client.post("/sign-in", data={"email": email, "password": NEW}).status_code == 303


def test_the_words_of_the_mail(client, world, organiser, run_jobs, smtp_sink):
    opened(world, client, organiser, run_jobs, smtp_sink)
    message = smtp_sink.messages[0]
    assert message["Subject"] == "Choose a new password"
    assert "within an hour" in message.get_content()
    with time_machine.travel(now() + timedelta(seconds=1)):
        assert message["From"] == "Organising <hello@organising.example>"
