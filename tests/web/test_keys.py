"""Keys changed while people read, killed in the middle, under another installation key, and destroyed."""

import base64
import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag

from organising.app import create_app
from organising.cli import main
from organising.organisations.keys import destroy_key
from organising.platform import sealing
from organising.platform.db import db
from organising.platform.sealing import Keyring, binding, unseal
from tests.conftest import INSTALLATION_KEY
from tests.support.contacts import keep
from tests.support.pledges import PAGE, Public, open_a_drive

NEW = bytes(reversed(range(32)))
PEOPLE = 60


@pytest.fixture
def admin(world):
    """An admin of NEU's."""
    return world.user("neu", "admin")


@pytest.fixture
def people(world, admin):
    """Sixty contacts with an email, a phone, an address and a job each; their ids in order."""
    return [
        keep(
            world, "neu", admin, f"Person {n:03}", email=f"p{n}@example.org", phone=f"0207946{n:04}",
            address=f"{n} Invented Street", job="Teacher",
        )
        for n in range(PEOPLE)
    ]  # fmt: skip


@pytest.fixture
def settings(environment, databases):
    """What a command of whoever runs the server finds."""
    return environment | {"DATABASE_OWNER_URL": databases.owner_of(environment["DATABASE_URL"])}


def run(settings, *arguments, **given):
    return CliRunner().invoke(main, ["keys", *arguments], env=settings, catch_exceptions=False, **given)


def standing(owner, organisation_id):
    """The wrapped keys that an organisation has, newest first."""
    return [
        bytes(row[0])
        for row in owner.rows(
            "SELECT wrapped FROM organisation_key WHERE organisation_id = %s AND destroyed_at IS NULL ORDER BY created_at DESC",
            organisation_id,
        )
    ]


def opened(owner, organisation_id, wrapped, installation_key=INSTALLATION_KEY):
    """How many details, and how many in all, this key alone opens."""
    key = Keyring(installation_key).unwrap(organisation_id, wrapped)
    rows = owner.rows(
        "SELECT id, value_cipher FROM contact_detail WHERE organisation_id = %s AND value_cipher IS NOT NULL",
        organisation_id,
    )
    found = 0
    for row_id, cipher in rows:
        try:
            unseal(key, bytes(cipher), binding(organisation_id, "contact_detail", "value_cipher", row_id))
            found += 1
        except InvalidTag:
            pass
    return found, len(rows)


def test_a_key_is_changed_after_a_kill_while_people_read(world, admin, people, owner, settings, monkeypatch):
    neu, browser = world.organisations["neu"], world.browser(admin)
    (old,) = standing(owner, neu)
    assert opened(owner, neu, old) == (3 * PEOPLE, 3 * PEOPLE)
    dry = run(settings, "rotate", "--organisation", "neu", "--dry-run")
    assert f"{4 * PEOPLE} sealed values would be" in dry.output
    assert standing(owner, neu) == [old]

    command = [
        sys.executable,
        "-m",
        "organising.cli",
        "keys",
        "rotate",
        "--organisation",
        "neu",
        "--batch",
        "7",
    ]
    with subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as child:
        done = 0
        while done <= PEOPLE + 14:
            line = child.stderr.readline()
            assert line, "it ended before it could be killed"
            done = int(line.split(" of ")[0]) if " of " in line else done
        child.send_signal(signal.SIGKILL)
    new, first = standing(owner, neu)
    assert first == old
    by_new, total = opened(owner, neu, new)
    assert 0 < by_new < total

    # Who knows the old key only finds the new one; both kinds are read, and found by their keyed hash.
    for n in (0, PEOPLE - 1):
        assert f"Person {n:03}" in browser.get(f"/contacts?q=p{n}@example.org").text
    for n, contact in enumerate(people):
        assert f"p{n}@example.org" in browser.get(f"/contacts/{contact}").text

    monkeypatch.setattr(sealing, "CACHE_SECONDS", 0.2)
    again = run(settings, "rotate", "--organisation", "neu", "--json")
    assert again.exit_code == 0, again.output
    assert '"resumed": true' in again.output
    assert '"finished": true' in again.output
    assert '"unreadable": 0' in again.output
    assert standing(owner, neu) == [new]
    assert opened(owner, neu, new) == (total, total)
    assert owner.rows("SELECT count(*) FROM organisation_key WHERE wrapped = ''") == [(1,)]
    assert f"p{PEOPLE - 1}@example.org" in browser.get(f"/contacts/{people[-1]}").text
    said = owner.rows("SELECT facts->>'values' FROM audit_event WHERE action = 'keys.rotated'")
    assert said == [(str(4 * PEOPLE),)]


def test_a_destroyed_key_closes_details_and_says_so(world, admin, owner, settings, app):
    neu, browser = world.organisations["neu"], world.browser(admin)
    contact = keep(world, "neu", admin, email="amara@example.org")
    assert "amara@example.org" in browser.get(f"/contacts/{contact}").text
    refused = run(settings, "destroy", "--organisation", "neu", input="Liberty\n")
    assert (refused.exit_code, len(standing(owner, neu))) == (2, 1)
    assert run(settings, "destroy", "--organisation", "nobody", "--name", "x").exit_code == 2
    assert run(settings, "destroy", "--organisation", "neu", input="NEU\n").exit_code == 0
    assert owner.rows("SELECT wrapped FROM organisation_key WHERE organisation_id = %s", neu) == [(b"",)]
    with app.app_context():
        sealing.keyring().forget(neu)
    page = browser.get(f"/contacts/{contact}")
    assert page.status_code == 410
    assert "was destroyed" in page.text
    assert "@example.org" not in page.text
    assert run(settings, "rotate", "--organisation", "neu").exit_code == 2
    # The clean exit's own way comes to the same, and touches nobody else.
    actor = world.user("praxis", "admin")
    with world.context("praxis", actor) as session:
        assert (destroy_key(actor), destroy_key(actor)) == (1, 0)
        session.commit()
    assert len(standing(owner, world.organisations["liberty"])) == 1
    assert standing(owner, world.organisations["praxis"]) == []


def test_another_installation_key_opens_everything_and_the_old_one_nothing(
    world, owner, settings, environment, app, client, smtp_sink, run_jobs, tmp_path
):
    open_a_drive(world)
    public = Public(client, smtp_sink, run_jobs)
    public.sign_and_confirm(PAGE)
    admin = world.user("neu", "admin", password="a staple that is long enough")
    contact, email = keep(world, "neu", admin, email="amara@example.org"), world.email(admin)
    new = tmp_path / "new-key"
    new.write_text(f"ORGANISING_INSTALLATION_KEY={base64.b64encode(NEW).decode()}\n")
    with app.app_context():
        hashed = sealing.installation_hash("suppression", "esi@example.org")
    busy = run(settings, "rotate-installation", "--new-key-file", str(new))
    assert busy.exit_code == 2
    assert "still runs" in busy.output
    with app.app_context():
        db.engine.dispose()
    dry = run(settings, "rotate-installation", "--new-key-file", str(new), "--dry-run")
    assert "would be" in dry.output, dry.output
    done = run(settings, "rotate-installation", "--new-key-file", str(new))
    assert done.exit_code == 0, done.output
    assert "already" in run(settings, "rotate-installation", "--new-key-file", str(new)).output

    moved = create_app(environment | {"ORGANISING_INSTALLATION_KEY": base64.b64encode(NEW).decode()})
    moved.config["WTF_CSRF_ENABLED"] = False
    browser = moved.test_client()
    given = {
        "email": world.email(admin) if False else "admin2@neu.example",
        "password": "a staple that is long enough",
    }
    email = owner.rows('SELECT display_name FROM "user" WHERE id = %s', admin.user_id)[0][0]
    given["email"] = f"admin{email.rsplit(' ', 1)[-1]}@neu.example"
    assert browser.post("/sign-in", data=given).status_code == 303
    assert "amara@example.org" in browser.get(f"/contacts/{contact}").text
    assert "Amara Okafor" in browser.get("/contacts?q=amara@example.org").text
    with moved.app_context():
        assert sealing.installation_hash("suppression", "esi@example.org") == hashed
    # The same person signs again, and is known: the drive's key opens too.
    again = Public(moved.test_client(), smtp_sink, run_jobs)
    assert again.fill(PAGE).status_code == 303
    stale = world.browser(admin).get(f"/contacts/{contact}")
    assert stale.status_code != 200
    assert "amara@example.org" not in stale.text
    with moved.app_context():
        db.engine.dispose()
