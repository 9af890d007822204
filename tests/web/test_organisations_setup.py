"""`organising setup` as a person runs it: a process of its own, a real mail server."""

import json
import os
import re
import subprocess
import sys

import pytest
from sqlalchemy import select, text

from organising.organisations.models import Ask, Campaign, Organisation
from organising.platform.tenancy import Context, use_context

OPTIONS = {
    "--campaign": "Care Don't Share",
    "--organisation": "Invented Liberties",
    "--short-name": "Liberties",
    "--kind": "ngo",
    "--coordinator-name": "Cora First",
    "--coordinator-email": "cora@liberties.example",
}


@pytest.fixture
def setup(environment):
    def run(*flags, **changed):
        given = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
        options = [part for name, value in given.items() if value is not None for part in (name, value)]
        return subprocess.run(
            [sys.executable, "-m", "organising.cli", "setup", *options, *flags],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run


def coalitions(app):
    with app.app_context(), use_context(Context(purpose="setup")) as session:
        return session.scalars(select(Organisation.name)).all(), session.scalars(select(Campaign.slug)).all()


def test_it_founds_the_coalition_and_sends_exactly_one_invitation(app, setup, smtp_sink):
    done = setup()
    assert done.returncode == 0, done.stderr
    assert "http://localhost" in done.stdout
    assert "127.0.0.1" in done.stdout
    assert "Invitation to cora@liberties.example: sent." in done.stdout
    (message,) = smtp_sink.messages
    assert message["To"] == "cora@liberties.example"
    assert "Dear Cora First," in message.get_content()
    assert coalitions(app) == (["Invented Liberties"], ["care-dont-share"])
    client = app.test_client()
    path = re.search(r"http://localhost(/invitations/\S+)", message.get_content())[1]
    accepted = client.post(path, data={"display_name": "Cora First", "password": "another staple altogether"})
    assert accepted.status_code == 303
    assert client.get("/coalition/partners").status_code == 200
    assert client.get("/asks").text.count("not checked since") == 1


def test_no_second_invitation_comes_from_the_sweep(app, setup, smtp_sink):
    from organising.organisations.jobs import send_waiting_invitations

    setup()
    with app.app_context():
        send_waiting_invitations()
    assert len(smtp_sink.messages) == 1


def test_a_second_run_is_refused_and_resend_sends_again(app, setup, smtp_sink):
    setup()
    again = setup()
    assert again.returncode == 2
    assert "there is a coalition already" in again.stderr
    assert len(smtp_sink.messages) == 1
    assert setup("--resend", coordinator_email=None).returncode == 0
    assert [m["To"] for m in smtp_sink.messages] == ["cora@liberties.example"] * 2
    corrected = setup("--resend", coordinator_email="cora.first@liberties.example")
    assert corrected.returncode == 0
    first, _, third = (re.search(r"/invitations/\S+", m.get_content())[0] for m in smtp_sink.messages)
    client = app.test_client()
    assert client.get(first).status_code == 410, "the wrong address's link is dead"
    client.post(third, data={"display_name": "Cora", "password": "another staple altogether"})
    settled = setup("--resend", coordinator_email=None)
    assert settled.returncode == 2
    assert "members already" in settled.stderr


def test_a_dry_run_writes_and_sends_nothing(app, setup, smtp_sink):
    done = setup("--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "campaign": "Care Don't Share",
        "organisation": "Invented Liberties",
        "asks": "care-dont-share",
        "invited": "cora@liberties.example",
        "invitation": "not sent (dry run)",
    }
    assert coalitions(app) == ([], [])
    assert smtp_sink.messages == []


def test_asks_can_be_left_out(app, setup):
    assert setup(asks="none").returncode == 0
    with app.app_context(), use_context(Context(purpose="setup")) as session:
        lead = session.scalars(select(Organisation.id)).one()
    with app.app_context(), use_context(Context(organisation_id=lead)) as session:
        assert session.scalars(select(Ask)).all() == []
        assert (
            session.scalar(text("SELECT count(*) FROM audit_event WHERE action = 'coalition.founded'")) == 1
        )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"campaign": None}, "--campaign is missing"),
        ({"coordinator_email": "nonsense"}, "--coordinator-email"),
        ({"short_name": "…"}, "needs a letter"),
    ],
)
def test_what_is_missing_or_wrong_is_one_clear_line(app, setup, smtp_sink, changed, told):
    done = setup(**changed)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert coalitions(app) == ([], [])
    assert smtp_sink.messages == []


def test_a_mail_server_that_does_not_answer_stops_it_before_anything_is_written(app, setup, environment):
    environment["SMTP_URL"] = "smtp://127.0.0.1:1"
    done = setup()
    assert done.returncode == 2
    assert "SMTP_URL: 127.0.0.1:1 can't be used" in done.stderr
    assert coalitions(app) == ([], [])


def test_a_refused_address_founds_nothing(app, setup, smtp_sink):
    smtp_sink.refuse["cora@liberties.example"] = "550 no such user"
    done = setup()
    assert done.returncode == 2
    assert "550" in done.stderr
    assert coalitions(app) == ([], [])
    smtp_sink.refuse.clear()
    assert setup().returncode == 0


def test_nothing_to_send_again_before_the_first_time(setup):
    done = setup("--resend")
    assert done.returncode == 2
    assert "no coalition yet" in done.stderr
