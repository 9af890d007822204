"""A backup is whole, encrypted and restored to the row; a rehearsal is written down; the doctor tells what is not well."""

import json
import time
from io import BytesIO

import pytest
from click.testing import CliRunner
from redis import Redis

from organising.app import create_app
from organising.cli import main
from organising.files.services import address_of_file, keep_file
from organising.platform.backup import making
from organising.platform.db import db
from organising.platform.migrations import maintenance
from organising.platform.queue import PERIODIC
from tests.support.audit import record_events, seal
from tests.support.contacts import keep
from tests.support.databases import _open_public_schema, with_database
from tests.support.pledges import PAGE, Public, open_a_drive


@pytest.fixture
def settings(environment, databases, tmp_path):
    """What a command of whoever runs the server finds."""
    return environment | {
        "DATABASE_OWNER_URL": databases.owner_of(environment["DATABASE_URL"]),
        "ORGANISING_BACKUP_DIR": str(tmp_path),
    }


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def amara(world, admin):
    return keep(world, "neu", admin, "Amara Okafor", email="amara@example.org")


@pytest.fixture
def empty(databases):
    """A fresh database, as an administrator makes one; its owner's and its login's address."""
    name = "restored_here"
    databases.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    _open_public_schema(with_database(databases.owner_url, name))
    yield with_database(databases.owner_url, name), with_database(databases.login_url, name)
    databases.drop(name)


def run(settings, *arguments):
    return CliRunner().invoke(main, arguments, env=settings, catch_exceptions=False)


def made(settings, tmp_path):
    done = run(settings, "backup", "--json")
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.glob("*.backup")
    return path, json.loads(done.output.splitlines()[-1])


def counts(owner_url):
    with maintenance(owner_url) as connection:
        return making.count_rows(connection)


def test_it_is_restored_to_the_row_and_works(
    world, app, admin, amara, client, smtp_sink, run_jobs, settings, environment, tmp_path, empty
):
    open_a_drive(world)
    Public(client, smtp_sink, run_jobs).sign_and_confirm(PAGE)
    files = app.config["SETTINGS"].data_dir / "files"
    settings |= {"ORGANISING_DATA_DIR": str(files.parent)}
    with app.test_request_context(), world.context("neu", admin) as session:
        file = keep_file(admin, BytesIO(b"Invented words."), "a.txt")
        session.commit()
        address = address_of_file(file)
    (files / "scan").write_bytes(b"outside of the database")
    (files / f"half.written{making.PART}").write_bytes(b"in no row yet")
    path, told = made(settings, tmp_path)
    assert told["outside"] == {"contents": 1, "size": 15, "missing": 0, "bucket": None}
    before = counts(settings["DATABASE_OWNER_URL"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"Amara" not in path.read_bytes()
    assert told["rows"] == sum(before.values()) - 1  # the note of the backup itself came after

    rehearsed = run(settings, "restore", str(path), "--rehearse", "--json")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert json.loads(rehearsed.output.splitlines()[-1])["rows"] == told["rows"]
    full = run(settings, "restore", str(path))
    assert full.exit_code == 2
    assert "not empty" in full.output

    there = settings | {"DATABASE_OWNER_URL": empty[0], "DATABASE_URL": empty[1]}
    there |= {"ORGANISING_DATA_DIR": str(tmp_path / "elsewhere")}
    (tmp_path / "elsewhere").mkdir()
    began = time.monotonic()
    done = run(there, "restore", str(path))
    assert done.exit_code == 0, done.output
    assert time.monotonic() - began < 600
    assert (tmp_path / "elsewhere" / "files" / "scan").read_bytes() == b"outside of the database"
    assert not list((tmp_path / "elsewhere").rglob(f"*{making.PART}"))
    after = counts(empty[0])
    later = {"public.installation_run": 1}
    assert {name: n for name, n in after.items() if n != before[name]} in ({}, later)
    moved = create_app(
        environment | {"DATABASE_URL": empty[1], "ORGANISING_DATA_DIR": there["ORGANISING_DATA_DIR"]}
    )
    assert moved.test_client().get(address).data == b"Invented words."
    browser = world.sign_in(moved.test_client(), admin)
    assert "amara@example.org" in browser.get(f"/contacts/{amara}").text
    with moved.app_context():
        db.engine.dispose()
    with maintenance(empty[0]) as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM installation_run").scalars().all()
    assert kinds == ["restore"]
    moved_run = run(there, "doctor", "--json")
    parts = {one["part"]: one for one in json.loads(moved_run.output.splitlines()[-1])["parts"]}
    for part in ("roles", "row security", "migrations", "keys", "audit log", "clock", "rehearsal", "files"):
        assert parts[part]["state"] == "ok", parts[part]
    # What lies in a bucket is in no backup, and what is gone from the disk is missed: both are said.
    (tmp_path / "again").mkdir()
    bucket = {"FILES_URL": "s3://key:secret@storage.example/coalition"}
    said = run(settings | bucket, "backup", "--to", str(tmp_path / "again")).output
    assert "NOT in it: 1 contents of files" in said
    assert "the bucket coalition at storage.example" in said
    for one in files.rglob("*"):
        if one.is_file():
            one.unlink()
    said = run(settings, "backup", "--to", str(tmp_path / "again" / "another.backup")).output
    assert "of which 1 are NOT there" in said


@pytest.mark.parametrize("damage", ["a bit", "its end", "two pieces", "another key", "a row too few"])
def test_what_is_not_whole_is_refused(amara, settings, tmp_path, damage, monkeypatch, owner):
    if damage == "a row too few":
        # pg_dump without maintenance, as somebody might change it: row security hides every row.
        told = making.access
        monkeypatch.setattr(
            making, "access", lambda url: {k: v for k, v in told(url).items() if k != "PGOPTIONS"}
        )
        done = run(settings, "backup")
        assert done.exit_code == 2
        assert "not whole" in done.output
        assert list(tmp_path.glob("*.backup")) == []
        assert list(tmp_path.glob(".*.part")) == []
        return
    path, _ = made(settings, tmp_path)
    whole = path.read_bytes()
    if damage == "a bit":
        path.write_bytes(whole[:-2000] + bytes([whole[-2000] ^ 1]) + whole[-1999:])
    elif damage == "its end":
        path.write_bytes(whole[: -(5 + 16)])
    elif damage == "two pieces":
        start = whole.index(b"\n", len(b"ORGANISING BACKUP 1\n")) + 1
        size = 5 + int.from_bytes(whole[start + 1 : start + 5], "big")
        path.write_bytes(whole[:start] + whole[start : start + size] * 2 + whole[start + size :])
    else:
        settings = settings | {"ORGANISING_INSTALLATION_KEY": "A" * 43 + "="}
    done = run(settings, "restore", str(path), "--check")
    assert done.exit_code == 2
    words = {"its end": "cut off", "another key": "under the installation key"}
    assert words.get(damage, "damaged") in done.output


def test_the_doctor_tells_each_part_and_what_to_do(world, app, settings, environment, owner, tmp_path):
    first = run(settings, "doctor", "--json")
    assert first.exit_code == 1
    parts = {one["part"]: one for one in json.loads(first.output)["parts"]}
    failed = {name for name, one in parts.items() if one["state"] == "failed"}
    assert failed == {"workers", "scheduler", "backup", "rehearsal"}
    assert "organising backup" in parts["backup"]["words"]

    path, _ = made(settings, tmp_path)
    assert run(settings, "restore", str(path), "--rehearse").exit_code == 0
    record_events(world, "liberty", 3)
    assert seal(world, owner) >= 3
    owner.rows(
        "UPDATE audit_event SET action = 'something.else' WHERE organisation_id = %s",
        world.organisations["liberty"],
    )
    owner.rows("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY")
    owner.rows(
        "UPDATE organisation_key SET wrapped = '\\x00' WHERE organisation_id = %s", world.organisations["neu"]
    )
    name, every = min(PERIODIC, key=lambda one: one[1])
    Redis.from_url(environment["REDIS_URL"]).set(f"organising:periodic:{name}:{int(time.time() // every)}", 1)
    second = run(settings | {"SMTP_URL": "smtp://127.0.0.1:1"}, "doctor")
    assert second.exit_code == 1
    found = {line[9:23].strip(): line for line in second.output.splitlines()}
    for part, words in {
        "audit log": "liberty", "row security": "public.contact", "keys": "neu", "mail": "does not answer", "workers": "mail",
    }.items():  # fmt: skip
        assert found[part].startswith("FAILED"), found[part]
        assert words in found[part]
    for part in ("backup", "rehearsal", "scheduler", "roles", "clock", "queue"):
        assert found[part].startswith("ok"), found[part]
    assert run(settings | {"SECRET_KEY": "short"}, "doctor").exit_code == 1
