"""The public pages of the rights desk: asked without an account, confirmed by mail, the same whoever is known."""

import re

import pytest

from tests.support.contacts import keep
from tests.support.rights import PAGE, asked, link_in, only_request


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


def test_a_request_begins_with_a_mail_and_is_the_same_to_the_byte_whoever_is_known(
    app, client, world, admin, run_jobs, smtp_sink
):
    keep(world, "neu", admin, email="amara@example.org")
    bodies = []
    for email in ("amara@example.org", "nobody@example.org"):
        answer = client.post(PAGE, data=asked(app, email=email))
        page = client.get(answer.headers["Location"])
        bodies.append((answer.status_code, answer.data, answer.headers["Location"], page.data))
    assert bodies[0] == bodies[1]
    run_jobs()
    run_jobs()
    assert sorted(message["To"] for message in smtp_sink.messages) == [
        "amara@example.org",
        "nobody@example.org",
    ]
    assert {message["Subject"] for message in smtp_sink.messages} == {"Please confirm your email address"}
    # Nothing stands at the desk before the button is pressed; opening the link presses nothing.
    desk = world.browser(admin)
    links = [link_in(one) for one in smtp_sink.messages]
    assert "Was it you?" in client.get(links[0]).text
    assert "Amara" not in desk.get("/rights").text
    client.post(links[0])
    client.post(links[0])
    client.post(f"{links[1]}/refusal")
    page = desk.get("/rights").text
    assert page.count("1. Amara Okafor") == 1
    assert "Nothing is kept of it" in client.get(links[1]).text
    shown = desk.get(f"/rights/{only_request(world, admin)}").text
    assert "They confirmed by mail from an address that we hold" in shown
    assert "All of it, please." in shown


def test_what_is_wrong_is_said_and_kept_and_a_program_gets_the_same_answer_and_keeps_nothing(
    app, client, world, admin, run_jobs, smtp_sink
):
    wrong = client.post(PAGE, data=asked(app, email="no address", name="Amara"))
    assert wrong.status_code == 422
    assert 'value="no address"' in wrong.text
    assert client.post(PAGE, data=asked(app, kind="")).status_code == 422
    trapped = client.post(PAGE, data=asked(app, website="http://spam.example"))
    assert (trapped.status_code, trapped.headers["Location"]) == (303, f"{PAGE}/check-your-email")
    assert client.get("/your-data/nobody-here").status_code == 404
    assert client.get("/your-data/confirm/forged").status_code == 404
    for _number in range(5):
        client.post(PAGE, data=asked(app, email="much@example.org"))
    run_jobs()
    assert len(smtp_sink.messages) == 3
    listed = client.get("/your-data").text
    assert "Liberty" in listed
    # Praxis contributes and does not stand in public: its own address works all the same.
    assert "Praxis" not in listed
    assert client.get("/your-data/praxis").status_code == 200


@pytest.mark.parametrize("language", ["cy", "es", "pt"])
def test_the_public_pages_and_the_mail_are_in_the_persons_language(
    app, client, world, run_jobs, smtp_sink, language
):
    english, other = client.get(PAGE).text, client.get(f"{PAGE}?lang={language}").text
    heading = re.compile(r"<h1>(.*?)</h1>")
    assert heading.search(english).group(1) != heading.search(other).group(1)
    client.post(f"{PAGE}?lang={language}", data=asked(app))
    run_jobs()
    text = smtp_sink.messages[0].get_content()
    assert "Only then do we begin" not in text
    assert f"lang={language}" in text
